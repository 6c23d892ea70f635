"""Promotion: only evidence moves the champion, and every decision leaves a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from gosales.core.errors import DegenerateError, GateClosedError
from gosales.gauntlet.policy import Policy
from gosales.registry.alias_move import move_champion, settle
from gosales.registry.champion import verified_champion
from gosales.registry.champion_record import ChampionRecord, read_record
from gosales.registry.comparison import Comparison
from gosales.registry.decision import PromotionDecision, append_audit, log_decision
from gosales.registry.examination import Examination, examine
from gosales.registry.gates import MODEL_BACKED
from gosales.registry.promotion_rules import PromotionRules
from gosales.registry.verified_model import BundleReader, VerifiedModel, read_verified_bundle
from gosales.tracking.forward_looks import look_tags
from gosales.tracking.model_name import CHALLENGER, CHAMPION, registered_name
from gosales.tracking.model_registry import ModelRegistry, ModelVersion
from gosales.tracking.tracker import RunHandle, Tracker

BEST: Final = "best"
_SELECTED_BY: Final = "cv_auc"
_NO_MODEL: Final = "the version is a heuristic, no model: proofs alone were asked of it"

Compare = Callable[[VerifiedModel, VerifiedModel], Comparison]


@dataclass(frozen=True)
class PromotionDesk:
    """What promotion and rollback work with.

    Parameters
    ----------
    tracker : Tracker
        Opens the decision's run.
    models : ModelRegistry
        Versions and aliases.
    read : callable, optional
        Bundle reader.
    """

    tracker: Tracker
    models: ModelRegistry
    read: BundleReader = read_verified_bundle


@dataclass(frozen=True)
class _Policies:
    """What is asked of a model, and of a heuristic."""

    model: Policy
    heuristic: Policy

    def of(self, version: ModelVersion) -> Policy:
        # The tag only chooses: `examine` closes the gate where it is not what the bundle holds.
        return self.heuristic if _is_heuristic(version) else self.model


def _is_heuristic(version: ModelVersion) -> bool:
    return version.tags.get(MODEL_BACKED) == "false"


def promote(
    desk: PromotionDesk,
    target_key: str,
    version: str,
    policy: Policy,
    rules: PromotionRules,
    compare: Compare,
    heuristic: Policy | None = None,
) -> PromotionDecision:
    """Make a version champion if its evidence verifies and it is not worse than the champion.

    Parameters
    ----------
    desk : PromotionDesk
        Tracker and registry.
    target_key : str
        Key of the target.
    version : str
        A number, or ``best``: the highest ``cv_auc`` among versions whose gate is open, models
        before heuristics.
    policy : Policy
        The approved policy; its digest is compared, and findings are judged again under it.
    rules : PromotionRules
        Margin and counts.
    compare : callable
        ``compare(challenger, champion)`` on the same forward rows.
    heuristic : Policy, optional
        What is asked of a version that is no model instead; by default the same.

    Returns
    -------
    PromotionDecision
        Promoted or refused with every reason; written as a run of kind ``promotion`` either way.

    Raises
    ------
    TrackingError
        If the registry cannot be reached or the version does not exist.
    IntegrityError
        If the registry does not hold what was written; aliases are then as before.
    """
    name = registered_name(target_key)
    tags = {"division": target_key, "policy.digest": policy.digest}
    with (
        desk.models.lock(name),
        desk.tracker.start_run(f"{target_key}·promote·{version}", "promotion", tags) as run,
    ):
        settled = settle(desk.models, name)
        decision = PromotionDecision(
            name=name,
            action="promote",
            version=None,
            promoted=False,
            run_id=run.id,
            policy_digest=policy.digest,
            notes=(settled,) if settled else (),
        )
        policies = _Policies(policy, heuristic or policy)
        decision = _decide(desk, decision, version, policies, rules, compare, run)
        log_decision(run, decision)
        if decision.moved:
            _move(desk.models, decision)
        append_audit(desk.models, run, decision)
    return decision


def _decide(
    desk: PromotionDesk,
    decision: PromotionDecision,
    version: str,
    policies: _Policies,
    rules: PromotionRules,
    compare: Compare,
    run: RunHandle,
) -> PromotionDecision:
    found, reasons = _choose(desk, decision.name, version, policies)
    if found is None:
        return decision.refused(*reasons)
    decision = replace(
        decision,
        version=found.version.version,
        evidence_digest=found.evidence.digest if found.evidence else "",
        policy_digest=policies.of(found.version).digest,
    )
    run.set_tags({"policy.digest": decision.policy_digest})
    if _is_heuristic(found.version):
        decision = replace(decision, notes=(*decision.notes, _NO_MODEL))
    if found.reasons:
        return decision.refused(*found.reasons)
    return _against_champion(desk, decision, found, rules, compare, run)


def _choose(
    desk: PromotionDesk, name: str, version: str, policies: _Policies
) -> tuple[Examination | None, list[str]]:
    def look(number: str) -> Examination:
        policy = policies.of(desk.models.version(name, number))
        return examine(desk.models, name, number, policy.digest, policy=policy, read=desk.read)

    if version != BEST:
        return look(version), []
    candidates = sorted(
        (v for v in desk.models.versions(name) if _SELECTED_BY in v.metrics),
        key=lambda v: (_is_heuristic(v), -v.metrics[_SELECTED_BY], -int(v.version)),
    )
    reasons = [] if candidates else [f"{name} has no version with {_SELECTED_BY}"]
    for candidate in candidates:
        found = look(candidate.version)
        if not found.reasons:
            return found, []
        reasons.append(f"version {candidate.version}: {found.reasons[0]}")
    return None, reasons


def _against_champion(
    desk: PromotionDesk,
    decision: PromotionDecision,
    found: Examination,
    rules: PromotionRules,
    compare: Compare,
    run: RunHandle,
) -> PromotionDecision:
    try:
        champion = _champion(desk, decision.name)
    except GateClosedError as error:
        return decision.refused(f"the champion cannot be compared with: {error}")
    if champion is None:
        note = "there was no champion to compare with"
        if read_record(desk.models, decision.name) is not None:
            note = "the recorded champion's alias was removed by hand; nothing to compare with"
        return replace(decision, promoted=True, moved=True, notes=(*decision.notes, note))
    decision = replace(decision, previous=champion.version)
    if champion.version == decision.version:
        return replace(decision, promoted=True, notes=(*decision.notes, "it is champion already"))
    # A comparison is a look at the challenger's forward rows, whatever comes of it.
    run.set_tags(look_tags([str(found.verified().meta["cutoff"])]))
    try:
        comparison = compare(found.verified(), champion)
    except (DegenerateError, GateClosedError) as error:
        return decision.refused(f"the comparison with the champion failed: {error}")
    decision = replace(decision, comparison=comparison)
    worse = comparison.reasons(rules.non_inferiority_margin_auc, rules.min_positive_accounts)
    return decision.refused(*worse) if worse else replace(decision, promoted=True, moved=True)


def _champion(desk: PromotionDesk, name: str) -> VerifiedModel | None:
    """The verified champion, or None when no alias names one."""
    if desk.models.alias(name, CHAMPION) is None:
        return None
    return verified_champion(desk.models, name, desk.read)


def _move(models: ModelRegistry, decision: PromotionDecision) -> None:
    version = str(decision.version)
    old = read_record(models, decision.name)
    record = ChampionRecord(
        version=version,
        policy_digest=decision.policy_digest,
        evidence_digest=decision.evidence_digest,
        run_id=decision.run_id,
        previous=decision.previous,
        previous_policy_digest=old.policy_digest if old and decision.previous else None,
    )
    move_champion(models, decision.name, record)
    if models.alias(decision.name, CHALLENGER) == version:
        models.set_alias(decision.name, CHALLENGER, None)
