"""Runs the checks; whatever goes wrong in one of them closes the gate and stops nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gosales.core.errors import ConfigError
from gosales.gauntlet.audited_check import audited_check
from gosales.gauntlet.check import Check
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding
from gosales.gauntlet.finding_shelf import FindingShelf
from gosales.gauntlet.fresh_panel import announce
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
        return audited_check(name, check, context)
    key = shelf.key(check, context, digests)
    kept = shelf.take(key)
    if kept is not None and kept.name == name and not complaint(kept):
        context.progress.say(f"{name}: {kept.outcome}, found before")
        return kept
    finding = audited_check(name, check, context)
    shelf.keep(key, finding)
    return finding
