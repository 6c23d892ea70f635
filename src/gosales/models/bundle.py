"""A fitted model as a directory of text: no pickle, every file under a digest."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gosales.core.digests import canonical_json, digest_file, digest_text
from gosales.core.errors import DataError, IntegrityError, InternalError
from gosales.models.fitted_model import FittedModel
from gosales.models.part_state import part_state, restored_part
from gosales.models.spec_state import restored_specs, spec_state

FORMAT = 1
MANIFEST = "manifest.json"
REQUIRED_META = ("target", "membership", "cutoff", "horizon", "measure", "digests")
_TREES = "lightgbm"
_TREES_FILE = "lightgbm.txt"


def write_bundle(model: FittedModel, path: Path, meta: Mapping[str, Any]) -> str:
    """Write a model to a directory, at once or not at all.

    Parameters
    ----------
    model : FittedModel
        Transforms, estimator and calibrator.
    path : pathlib.Path
        Directory to make; an older bundle there is replaced.
    meta : mapping
        Plain values with at least ``target`` (key), ``membership`` (SKU and division keys),
        ``cutoff``, ``horizon``, ``measure`` and ``digests``.

    Returns
    -------
    str
        Digest of the bundle: of its manifest, which holds the digest of every other file.

    Raises
    ------
    InternalError
        If the meta data is incomplete.
    DataError
        If the directory cannot be written.

    Notes
    -----
    Files: ``model.json``, ``lightgbm.txt`` where there are trees, ``calibrator.json``,
    ``transforms.json``, ``feature_specs.json``, ``meta.json``, ``manifest.json``.
    """
    lost = [key for key in REQUIRED_META if key not in meta]
    if lost:
        raise InternalError("a bundle's meta data is incomplete", got=f"without {lost}")
    files = _files(model, meta)
    manifest = {"format": FORMAT, "files": {n: digest_text(t) for n, t in files.items()}}
    text = _text(manifest)
    try:
        _place({**files, MANIFEST: text}, path)
    except OSError as error:
        raise DataError(
            "a model bundle cannot be written",
            got=f"{path.name}: {error.strerror}",
            remedy="free disk space or choose another folder",
            reason_code="unwritable",
        ) from error
    return digest_text(text)


def read_bundle(
    path: Path, *, digest: str | None = None, plugins: Sequence[str] = ()
) -> tuple[FittedModel, dict[str, Any]]:
    """Verify a bundle and restore its model; predictions are equal to the last bit.

    Parameters
    ----------
    path : pathlib.Path
        The directory.
    digest : str, optional
        What `write_bundle` returned; given, the manifest itself is held against it.
    plugins : sequence of str, optional
        Packages trusted besides ``gosales``.

    Returns
    -------
    FittedModel
        The model.
    dict
        Its meta data.

    Raises
    ------
    IntegrityError
        If a file is missing, added or changed, or a class may not be loaded. Nothing is parsed
        or imported before every digest holds.
    """
    verify_bundle(path, digest=digest)
    stored = {n: _json(path / f"{n}.json") for n in ("model", "calibrator", "transforms")}
    estimator = dict(stored["model"]["estimator"])
    if stored["model"]["trees_file"]:
        trees = _read(path / _TREES_FILE)
        estimator["state"] = {**estimator["state"], _TREES: trees}
    model = FittedModel(
        specs=restored_specs(_json(path / "feature_specs.json")),
        transforms=tuple(restored_part(part, plugins) for part in stored["transforms"]),
        estimator=restored_part(estimator, plugins),
        calibrator=restored_part(stored["calibrator"], plugins),
    )
    meta: dict[str, Any] = _json(path / "meta.json")
    return model, meta


def verify_bundle(path: Path, *, digest: str | None = None) -> str:
    """Hold every file against the manifest; return the bundle's digest.

    Raises
    ------
    IntegrityError
        Naming the files that are missing, added or changed.
    """
    if not (path / MANIFEST).is_file():
        raise _broken(path, f"no {MANIFEST}")
    text = _read(path / MANIFEST)
    found = digest_text(text)
    if digest is not None and found != digest:
        raise _broken(path, f"manifest digest {found[:16]}, recorded {digest[:16]}")
    try:
        manifest = json.loads(text)
        listed: dict[str, str] = dict(manifest["files"])
        written_as = manifest["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise _broken(path, f"unreadable {MANIFEST} ({type(error).__name__})") from error
    if written_as != FORMAT:
        raise _broken(path, f"format {written_as}, this package reads {FORMAT}")
    present = {p.relative_to(path).as_posix() for p in path.rglob("*") if not p.is_dir()}
    problems = [f"missing {n}" for n in sorted(set(listed) - present)]
    problems += [f"unlisted {n}" for n in sorted(present - set(listed) - {MANIFEST})]
    problems += [
        f"changed {n}" for n in sorted(set(listed) & present) if digest_file(path / n) != listed[n]
    ]
    if problems:
        raise _broken(path, ", ".join(problems))
    return found


def _files(model: FittedModel, meta: Mapping[str, Any]) -> dict[str, str]:
    estimator = part_state(model.estimator)
    state = dict(estimator["state"])
    trees = state.pop(_TREES, None)
    files = {
        "model.json": _text(
            {"estimator": {**estimator, "state": state}, "trees_file": trees is not None}
        ),
        "calibrator.json": _text(part_state(model.calibrator)),
        "transforms.json": _text([part_state(t) for t in model.transforms]),
        "feature_specs.json": _text([spec_state(s) for s in model.specs]),
        "meta.json": _text(dict(meta)),
    }
    return files if trees is None else {**files, _TREES_FILE: str(trees)}


def _place(files: Mapping[str, str], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        for name, text in files.items():
            # Bytes, not text mode: line ends must stay as digested on every platform.
            (scratch / name).write_bytes(text.encode("utf-8"))
        scratch.chmod(0o755)
        # The old one steps aside first: a kill in between loses a name, never a bundle.
        aside = scratch.with_name(f"{scratch.name}.old")
        if path.exists():
            path.replace(aside)
        try:
            scratch.replace(path)
        except OSError:
            if aside.exists():
                aside.replace(path)
            raise
        shutil.rmtree(aside, ignore_errors=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _text(value: Any) -> str:
    # Pretty for the reader's eye; canonical first, so that nothing unplain slips through.
    return json.dumps(json.loads(canonical_json(value)), indent=1, sort_keys=True) + "\n"


def _json(path: Path) -> Any:
    return json.loads(_read(path))


def _read(path: Path) -> str:
    # Not text mode: it would translate line ends that are under the digest.
    return path.read_bytes().decode("utf-8", errors="replace")


def _broken(path: Path, got: str) -> IntegrityError:
    return IntegrityError(
        "a model bundle is not what was written",
        got=f"{path.name}: {got}",
        allowed="exactly the files of its manifest, unchanged",
        remedy="fetch the version again, or roll back to one that verifies",
        reason_code="bundle_tampered",
    )
