"""The record of one invocation: configuration, log and checksums, bound to its run."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import yaml

from gosales.core.digests import digest_file
from gosales.core.errors import IntegrityError
from gosales.tracking.code_version import code_version
from gosales.tracking.redact import redact

MANIFEST: Final = "manifest.json"
CONFIG: Final = "config_resolved.yaml"
LOGS: Final = "logs.jsonl"
_PACKAGES: Final = ("mlflow", "hydra-core", "pandas", "numpy", "scikit-learn", "lightgbm", "duckdb")


def write_config(folder: Path, config: Mapping[str, Any]) -> Path:
    """Write ``config_resolved.yaml``, passwords masked.

    Parameters
    ----------
    folder : pathlib.Path
        The invocation's directory.
    config : mapping
        The resolved configuration, plain values only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CONFIG
    text = yaml.safe_dump(redact(config), sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_manifest(
    folder: Path, run_id: str, command: str, extra: Mapping[str, Any] | None = None
) -> Path:
    """Write ``manifest.json`` last: run id, versions, and the checksum of every other file.

    Parameters
    ----------
    folder : pathlib.Path
        The invocation's directory, complete.
    run_id : str
        The MLflow run it belongs to.
    command : str
        For example ``train``.
    extra : mapping, optional
        Further facts: data digest, recipe digest, cutoff, seed.

    Returns
    -------
    pathlib.Path
        The manifest.
    """
    path = folder / MANIFEST
    record = {
        "run_id": run_id,
        "command": command,
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "code_version": code_version(),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "packages": _packages(),
        **redact(dict(extra or {})),
        "files": _checksums(folder),
    }
    temporary = path.with_suffix(".tmp")
    temporary.write_text(
        json.dumps(record, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8"
    )
    temporary.replace(path)
    return path


def verify_manifest(folder: Path) -> dict[str, Any]:
    """Check every file against ``manifest.json``.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    IntegrityError
        Naming every file that is missing, changed or not listed.
    """
    record: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    listed, found = record["files"], _checksums(folder)
    wrong = sorted(n for n in listed.keys() | found.keys() if listed.get(n) != found.get(n))
    if wrong:
        raise IntegrityError(
            "files of a run are not what its manifest says",
            got=", ".join(wrong),
            allowed="the files and checksums in manifest.json",
            remedy="take the artifacts of the run from MLflow again",
            reason_code="manifest_mismatch",
        )
    return record


def _checksums(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): digest_file(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.parent / file.name != folder / MANIFEST
    }


def _packages() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
