"""Whether evidence opens the gate: a pure function, closed by default."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gosales.registry.evidence import Evidence, missing_digests

STATUS: Final = "gauntlet.status"
PERMUTATION_P: Final = "gauntlet.permutation_p"
EVIDENCE_DIGEST: Final = "evidence.digest"
EVIDENCE_RUN: Final = "evidence.run_id"
POLICY_DIGEST: Final = "policy.digest"
MODEL_BACKED: Final = "model_backed"
CHECK_PREFIX: Final = "gauntlet."
_REQUIRED_TAGS: Final = (STATUS, EVIDENCE_DIGEST, EVIDENCE_RUN, POLICY_DIGEST, MODEL_BACKED)
_NOT_CHECKS: Final = frozenset({STATUS, PERMUTATION_P})
_OPEN: Final = frozenset({"PASS", "WARN", "NOT_APPLICABLE"})
# What the report says it audited, and what the evidence must say likewise.
_BOUND: Final = ("model", "data", "recipe", "policy")


def gate_reasons(
    tags: Mapping[str, str],
    evidence: Evidence | None,
    report: Mapping[str, Any] | None,
    observed: Mapping[str, str],
    approved_policy: str,
) -> list[str]:
    """Why a version may not be champion; an empty list opens the gate.

    Parameters
    ----------
    tags : mapping
        Tags of the version, read anew.
    evidence : Evidence or None
        From the audit's run; None where it is missing or was refused.
    report : mapping or None
        Facts of the report (`gosales.registry.report_facts`); None likewise.
    observed : mapping
        Digests recomputed from what was downloaded: bundle, code, model, package, report.
    approved_policy : str
        Digest of the policy the audit must have been made under.

    Returns
    -------
    list of str
        One sentence each; every fault is named, not only the first.

    Notes
    -----
    Missing, unknown, not finite and disagreeing are all reasons.
    """
    if evidence is None or report is None:
        lacking = "evidence" if evidence is None else "gauntlet report"
        return [f"there is no {lacking} that verifies", *_tag_faults(tags)]
    return [
        *_tag_faults(tags),
        *_evidence_faults(tags, evidence, report, observed),
        *_policy_faults(tags, evidence, report, approved_policy),
        *_report_faults(report),
        *_tag_disagreements(tags, report),
    ]


def _tag_faults(tags: Mapping[str, str]) -> Iterator[str]:
    for name in _REQUIRED_TAGS:
        if not tags.get(name):
            yield f"the version has no tag {name}"


def _evidence_faults(
    tags: Mapping[str, str],
    evidence: Evidence,
    report: Mapping[str, Any],
    observed: Mapping[str, str],
) -> Iterator[str]:
    for name in missing_digests(evidence.digests):
        yield f"the evidence has no digest of {name}"
    if tags.get(EVIDENCE_DIGEST) != evidence.digest:
        yield f"the tag {EVIDENCE_DIGEST} is not the digest of the evidence"
    for name in ("bundle", "code", "model", "package", "report"):
        if not observed.get(name) or observed[name] != evidence.digests.get(name):
            yield f"the {name} is not the one that was audited (its digest differs)"
    for name in _BOUND:
        if not report.get(f"{name}_digest"):
            yield f"the report has no digest of {name}"
        elif report[f"{name}_digest"] != evidence.digests.get(name):
            yield f"report and evidence are about another {name}"
    if report.get("digest") != observed.get("report"):
        yield "the report's own digest is not that of its content"


def _policy_faults(
    tags: Mapping[str, str], evidence: Evidence, report: Mapping[str, Any], approved: str
) -> Iterator[str]:
    if not approved:
        yield "no policy is approved"
    said = {
        "tag": tags.get(POLICY_DIGEST),
        "evidence": evidence.digests.get("policy"),
        "report": report.get("policy_digest"),
    }
    for place, digest in said.items():
        if digest != approved:
            yield f"the {place} names another policy ({str(digest)[:12]}) than the approved one"


def _report_faults(report: Mapping[str, Any]) -> Iterator[str]:
    status, checks = report.get("status"), report.get("checks") or {}
    if status != "PASS":
        yield f"the verdict is {status}, not PASS"
    if not checks:
        yield "the report has no findings"
    for name, finding in checks.items():
        outcome = finding.get("outcome")
        about = finding.get("subject", "unknown subject")
        if outcome not in _OPEN:
            yield f"{name} is {outcome} ({about})"
        elif outcome == "NOT_APPLICABLE" and finding.get("is_proof", True):
            yield f"{name} is a proof and cannot be NOT_APPLICABLE"


def _tag_disagreements(tags: Mapping[str, str], report: Mapping[str, Any]) -> Iterator[str]:
    if tags.get(STATUS) != report.get("status"):
        yield f"the tag {STATUS} says {tags.get(STATUS)}, the report {report.get('status')}"
    said = {
        key.removeprefix(CHECK_PREFIX): value
        for key, value in tags.items()
        if key.startswith(CHECK_PREFIX) and key not in _NOT_CHECKS
    }
    found = {name: f.get("outcome") for name, f in (report.get("checks") or {}).items()}
    for name in sorted(said.keys() | found.keys()):
        if said.get(name) != found.get(name):
            yield (
                f"the tag {CHECK_PREFIX}{name} says {said.get(name, 'nothing')}, "
                f"the report {found.get(name, 'nothing')}"
            )
    yield from _permutation_faults(tags.get(PERMUTATION_P), report.get("permutation_p"), found)


def _permutation_faults(tag: str | None, p: Any, found: Mapping[str, Any]) -> Iterator[str]:
    if found.get("permutation") in (None, "NOT_APPLICABLE"):
        return
    if not isinstance(p, float) or not math.isfinite(p):
        yield "the report's permutation p is missing or not finite"
    elif _number(tag) != p:
        yield f"the tag {PERMUTATION_P} says {tag}, the report {p!r}"


def _number(text: str | None) -> float:
    try:
        return float(text) if text else math.nan
    except ValueError:
        return math.nan
