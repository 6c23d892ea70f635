"""Writing evidence after an audit: into the audit's run and onto the version."""

from __future__ import annotations

import tempfile
from pathlib import Path

from gosales.core.errors import IntegrityError
from gosales.gauntlet.report import GauntletReport
from gosales.registry.evidence import EVIDENCE_FILE, REPORT_FILE, Evidence
from gosales.registry.examination import open_package
from gosales.registry.gates import (
    CHECK_PREFIX,
    EVIDENCE_DIGEST,
    EVIDENCE_RUN,
    POLICY_DIGEST,
    STATUS,
)
from gosales.registry.verified_model import BundleReader, read_verified_bundle
from gosales.tracking.model_registry import ModelRegistry
from gosales.tracking.tracker import RunHandle


def record_evidence(
    models: ModelRegistry,
    run: RunHandle,
    name: str,
    version: str,
    report: GauntletReport,
    read: BundleReader = read_verified_bundle,
) -> Evidence:
    """Bind a report to the version it is about.

    Parameters
    ----------
    models : ModelRegistry
        Where the version is.
    run : RunHandle
        The gauntlet's run; gets ``gauntlet_report.json`` and ``evidence.json``.
    name, version : str
        What was audited.
    report : GauntletReport
        What was found.
    read : callable, optional
        Bundle reader.

    Returns
    -------
    Evidence

    Raises
    ------
    IntegrityError
        If the report is about another model than the registered one.

    Notes
    -----
    The version's tags of an earlier audit are removed first and ``gauntlet.status`` is written
    last, so that a version between two audits, or after a crash, is closed.
    """
    found = models.version(name, version)
    stale = {key: None for key in found.tags if key.startswith(CHECK_PREFIX)}
    models.set_version_tags(name, version, stale)
    with tempfile.TemporaryDirectory(prefix="gosales-evidence-") as scratch:
        package = open_package(models, name, version, Path(scratch), read)
    if report.digests.get("model") != package.observed["model"]:
        raise IntegrityError(
            "the report is about another model than the registered version",
            got=str(report.digests.get("model"))[:16],
            allowed=package.observed["model"][:16],
            remedy=f"audit {name} version {version} itself",
            reason_code="other_model",
        )
    bound = {key: report.digests[key] for key in ("data", "recipe", "policy")}
    digests = {**package.observed, **bound, "report": report.digest}
    evidence = Evidence(name, version, found.run_id, digests)
    run.log_text(report.to_json(), REPORT_FILE)
    run.log_text(evidence.to_json(), EVIDENCE_FILE)
    status = {STATUS: report.tags()[STATUS]}
    rest = {key: value for key, value in report.tags().items() if key != STATUS}
    about = {
        EVIDENCE_DIGEST: evidence.digest,
        EVIDENCE_RUN: run.id,
        POLICY_DIGEST: report.digests["policy"],
    }
    models.set_version_tags(name, version, {**rest, **about, **status})
    return evidence
