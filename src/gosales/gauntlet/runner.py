"""Runs the checks; whatever goes wrong in one of them closes the gate and stops nothing else."""

from __future__ import annotations

import json
import shutil
import traceback
from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

from gosales.core.digests import canonical_json
from gosales.core.errors import ConfigError
from gosales.gauntlet.check import Check
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome
from gosales.gauntlet.finding_shelf import FindingShelf
from gosales.gauntlet.fresh_panel import announce
from gosales.gauntlet.limits import limits_of
from gosales.gauntlet.model_digest import model_digests
from gosales.gauntlet.plan_digest import plan_digest
from gosales.gauntlet.policy import Policy
from gosales.gauntlet.report import GauntletReport
from gosales.gauntlet.soundness import complaint
from gosales.gauntlet.verdict import Verdict


def run_gauntlet(
    context: GauntletContext,
    checks: Mapping[str, Check],
    policy: Policy,
    *,
    recipe_digest: str,
    shelf: FindingShelf | None = None,
) -> GauntletReport:
    """Audit a candidate.

    Parameters
    ----------
    context : GauntletContext
        The candidate and its data.
    checks : mapping of str to Check
        What to run, in order: ``policy.checks`` or a part of it. What is required and left out
        counts as missing.
    policy : Policy
        What is required, and under which limits.
    recipe_digest : str
        Digest of the recipe (features, policy, estimator, parameters), without data and cutoff.
    shelf : FindingShelf, optional
        Where finished findings are kept; what is there already is taken and not run again.

    Returns
    -------
    GauntletReport

    Raises
    ------
    ConfigError
        If a check is not the policy's or has other limits, or there is no recipe digest.
    """
    if not recipe_digest or not policy.covers(checks):
        raise ConfigError(
            "the audit is not what its policy says",
            got="no recipe digest" if not recipe_digest else "checks or limits unlike the policy's",
            allowed="the policy's own checks, all or some, and a recipe digest",
            remedy="pass policy.checks",
            reason_code="policy_mismatch",
        )
    digests = _digests(context, policy, recipe_digest)
    context = replace(context, parcel=context.packed, shared={})
    announce(context, checks.values())
    findings = []
    for i, (name, check) in enumerate(checks.items(), 1):
        # A check may draw a bar of its own, so each begins its own task.
        context.progress.start(f"check {i} of {len(checks)}: {name}", 1)
        findings.append(_found(name, check, context, digests, shelf))
        context.progress.advance()
    return GauntletReport(
        target=context.training.target,
        cutoff=str(context.cutoff),
        seed=context.seed,
        verdict=Verdict.of(findings, policy),
        findings=tuple(findings),
        digests=digests,
    )


def _digests(context: GauntletContext, policy: Policy, recipe: str) -> dict[str, str]:
    return {
        "model": model_digests(context.model)["model"],
        "data": context.star.digest,
        "recipe": recipe,
        "policy": policy.digest,
        "training": context.training.digest,
        "forward": context.forward.digest,
        "plan": plan_digest(context.plan),
    }


def _found(
    name: str,
    check: Check,
    context: GauntletContext,
    digests: dict[str, str],
    shelf: FindingShelf | None,
) -> Finding:
    """The finding of one check: the one that is kept, or a new one."""
    if shelf is None:
        return _audit(name, check, context)
    key = shelf.key(check, context, digests)
    kept = shelf.take(key)
    if kept is not None and kept.name == name and not complaint(kept):
        context.progress.say(f"{name}: {kept.outcome}, found before")
        return kept
    finding = _audit(name, check, context)
    shelf.keep(key, finding)
    return finding


def _audit(name: str, check: Check, context: GauntletContext) -> Finding:
    scratch = context.workdir / name
    started = perf_counter()
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        finding = _checked(name, check, check.run(replace(context, workdir=scratch)))
    except Exception as error:  # noqa: BLE001 - a crash must close the gate, not end the audit
        finding = _crash(name, check, error)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return replace(finding, seconds=round(perf_counter() - started, 3))


def _checked(name: str, check: Check, finding: Finding) -> Finding:
    unsound = complaint(finding)
    if not unsound and (finding.name, finding.is_proof) != (name, check.is_proof):
        unsound = f"it answers for {finding.name!r}"
    if unsound:
        return _error(name, check, f"the finding is not evidence: {unsound}", [])
    # Plain JSON values from here on, so that a report read back equals the one written.
    plain = json.loads(
        canonical_json([finding.values, finding.limits, finding.detail, finding.figure])
    )
    values, limits, detail, figure = plain
    return replace(finding, values=values, limits=limits, detail=detail, figure=figure)


def _crash(name: str, check: Check, error: Exception) -> Finding:
    lines = traceback.format_exception(error)
    return _error(
        name, check, f"{type(error).__name__}: {error}", [{"traceback": "".join(lines)[-4000:]}]
    )


def _error(name: str, check: Check, reason: str, detail: list[dict[str, Any]]) -> Finding:
    return Finding(
        name=name,
        subject=check.subject,
        outcome=Outcome.ERROR,
        reason=reason,
        limits=limits_of(check),
        detail=detail,
        is_proof=check.is_proof,
    )
