"""A version looked at anew: everything downloaded again, every digest recomputed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from gosales.core.errors import GoSalesError, IntegrityError
from gosales.gauntlet.model_digest import model_digests
from gosales.gauntlet.policy import Policy
from gosales.models.fitted_model import FittedModel
from gosales.models.is_model_backed import is_model_backed
from gosales.registry.evidence import (
    EVIDENCE_FILE,
    REPORT_FILE,
    Evidence,
    digest_directory,
)
from gosales.registry.gates import EVIDENCE_RUN, MODEL_BACKED, gate_reasons
from gosales.registry.report_facts import report_facts
from gosales.registry.verified_model import BundleReader, VerifiedModel, read_verified_bundle
from gosales.tracking.code_version import code_digest
from gosales.tracking.model_registry import ModelRegistry, ModelVersion, bundle_of

T = TypeVar("T")
_CODE: Final = Path("code") / "gosales"


@dataclass(frozen=True)
class Package:
    """A logged model as downloaded.

    Parameters
    ----------
    observed : dict of str to str
        Digests recomputed from its files: bundle, code, model, package.
    model : FittedModel
        Read from the same files.
    meta : dict
        The bundle's meta.
    """

    observed: dict[str, str]
    model: FittedModel
    meta: dict[str, Any]


@dataclass(frozen=True)
class Examination:
    """A version with its evidence, and why it may not be champion.

    Parameters
    ----------
    version : ModelVersion
        As the registry told it just now.
    reasons : tuple of str
        Empty when the evidence verifies and the gate is open.
    evidence : Evidence or None
        What the audit recorded.
    package : Package or None
        None when it could not be read.
    report : dict
        Facts of the gauntlet report; empty when it could not be read.
    """

    version: ModelVersion
    reasons: tuple[str, ...]
    evidence: Evidence | None = None
    package: Package | None = None
    report: dict[str, Any] = field(default_factory=dict)

    def verified(self) -> VerifiedModel:
        """The model, if the gate is open.

        Raises
        ------
        IntegrityError
            With every reason why it is not.
        """
        if self.reasons or self.package is None or self.evidence is None:
            raise IntegrityError(
                f"{self.version.name} version {self.version.version} does not verify",
                got="; ".join(self.reasons) or "no package",
                allowed="a version whose evidence verifies",
                remedy="`gosales gauntlet` audits it again, `gosales rollback` restores the last "
                "good one",
                reason_code="evidence_not_verified",
            )
        return VerifiedModel(
            model=self.package.model,
            meta=self.package.meta,
            name=self.version.name,
            version=self.version.version,
            run_id=self.version.run_id,
            evidence_digest=self.evidence.digest,
        )


def open_package(
    models: ModelRegistry,
    name: str,
    version: str,
    folder: Path,
    read: BundleReader = read_verified_bundle,
) -> Package:
    """Download a version's logged model and recompute its digests.

    Parameters
    ----------
    models : ModelRegistry
        Where it is.
    name, version : str
        Which.
    folder : pathlib.Path
        An empty directory; the model must be read before it is removed.
    read : callable, optional
        Bundle reader.
    """
    package = models.download_package(name, version, folder)
    bundle = bundle_of(package)
    observed = {
        "package": digest_directory(package),
        "bundle": digest_directory(bundle),
        "code": code_digest(package / _CODE),
    }
    model, meta = read(bundle)
    return Package({**observed, "model": model_digests(model)["model"]}, model, meta)


def examine(
    models: ModelRegistry,
    name: str,
    version: str,
    approved_policy: str,
    *,
    policy: Policy | None = None,
    read: BundleReader = read_verified_bundle,
) -> Examination:
    """Re-read tags, re-download report, evidence and bundle, recompute, and ask the gates.

    Parameters
    ----------
    models : ModelRegistry
        Where it is.
    name, version : str
        Which.
    approved_policy : str
        Digest of the policy the audit must have been made under.
    policy : Policy, optional
        The policy itself; the findings are then judged again.
    read : callable, optional
        Bundle reader.

    Raises
    ------
    TrackingError
        If the version does not exist.
    """
    found = models.version(name, version)
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="gosales-verify-") as scratch:
        folder, run_id = Path(scratch), found.tags.get(EVIDENCE_RUN, "")
        package = _tried(lambda: open_package(models, name, version, folder / "m", read), faults)
        evidence = _tried(lambda: _evidence(models, run_id, folder / "e"), faults)
        report = _tried(lambda: _report(models, run_id, folder / "r", policy), faults)
    if evidence is not None and (evidence.name, evidence.version) != (name, version):
        faults.append(f"the evidence is about {evidence.name} version {evidence.version}")
    if package is not None:
        faults += _badge_faults(found, package)
    observed = dict(package.observed) if package else {}
    if report is not None:
        observed["report"] = str(report["digest"])
    reasons = gate_reasons(found.tags, evidence, report, observed, approved_policy)
    return Examination(found, (*faults, *reasons), evidence, package, report or {})


def _badge_faults(version: ModelVersion, package: Package) -> list[str]:
    """A tag is anybody's to set; what the files hold is not."""
    said, held = version.tags.get(MODEL_BACKED), is_model_backed(package.model)
    if said in (None, str(held).lower()):
        return []  # a missing tag is a reason of its own
    what = "a model" if held else "a heuristic, no model"
    return [f"the tag {MODEL_BACKED} says {said}, but the version is {what}"]


def _tried(action: Callable[[], T], faults: list[str]) -> T | None:
    """What the action gives, or None and a reason: a failure to read is never a pass."""
    try:
        return action()
    except (GoSalesError, OSError, ValueError, KeyError, TypeError) as error:
        faults.append(str(error) or type(error).__name__)
        return None


def _text(models: ModelRegistry, run_id: str, name: str, folder: Path) -> str:
    if not run_id:
        raise IntegrityError(
            f"no run holds {name}",
            got=f"no tag {EVIDENCE_RUN}",
            remedy="run `gosales gauntlet` for this version",
            reason_code="not_audited",
        )
    return models.download(run_id, name, folder).read_text(encoding="utf-8")


def _evidence(models: ModelRegistry, run_id: str, folder: Path) -> Evidence:
    return Evidence.from_json(_text(models, run_id, EVIDENCE_FILE, folder))


def _report(
    models: ModelRegistry, run_id: str, folder: Path, policy: Policy | None
) -> dict[str, Any]:
    return report_facts(_text(models, run_id, REPORT_FILE, folder), policy)
