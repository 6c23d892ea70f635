"""Back to the last champion that verifies."""

from __future__ import annotations

from dataclasses import replace

from gosales.core.errors import GateClosedError
from gosales.registry.alias_move import move_champion, settle
from gosales.registry.audit_log import read_audit
from gosales.registry.champion_record import ChampionRecord, read_record
from gosales.registry.decision import PromotionDecision, append_audit, log_decision
from gosales.registry.examination import examine
from gosales.registry.promotion import PromotionDesk
from gosales.tracking.model_name import CHAMPION, registered_name
from gosales.tracking.model_registry import ModelRegistry


def rollback(desk: PromotionDesk, target_key: str) -> PromotionDecision:
    """Restore the previous champion after verifying it.

    Parameters
    ----------
    desk : PromotionDesk
        Tracker and registry.
    target_key : str
        Key of the target.

    Returns
    -------
    PromotionDecision
        With ``action="rollback"``; refused with reasons when nothing that verifies is on record.

    Notes
    -----
    When the alias was moved behind the record, the recorded champion is the first choice: that
    is the last one a decision named. The champion before the restored one is read from the
    audit log and becomes ``previous_champion``, so that one can go back further.
    """
    name = registered_name(target_key)
    tags = {"division": target_key}
    with (
        desk.models.lock(name),
        desk.tracker.start_run(f"{target_key}·rollback", "promotion", tags) as run,
    ):
        settled = settle(desk.models, name)
        decision = PromotionDecision(
            name=name,
            action="rollback",
            version=None,
            promoted=False,
            run_id=run.id,
            previous=desk.models.alias(name, CHAMPION),
            notes=(settled,) if settled else (),
        )
        decision = _decide(desk, decision)
        log_decision(run, decision)
        if decision.moved:
            _move(desk.models, decision)
        append_audit(desk.models, run, decision)
    return decision


def _decide(desk: PromotionDesk, decision: PromotionDecision) -> PromotionDecision:
    choices = _choices(desk.models, decision.name)
    if not choices:
        return decision.refused("no earlier champion is on record")
    for version, policy_digest in choices:
        found = examine(desk.models, decision.name, version, policy_digest, read=desk.read)
        if not found.reasons and found.evidence is not None:
            return replace(
                decision,
                version=version,
                promoted=True,
                moved=True,
                reasons=(),
                policy_digest=policy_digest,
                evidence_digest=found.evidence.digest,
            )
        decision = decision.refused(*(f"version {version}: {r}" for r in found.reasons))
    return decision


def _choices(models: ModelRegistry, name: str) -> list[tuple[str, str]]:
    """Versions that decisions made champion, most recent first, each with its policy."""
    record = read_record(models, name)
    if record is None:
        return []
    choices = []
    if models.alias(name, CHAMPION) != record.version:
        choices.append((record.version, record.policy_digest))
    if record.previous and record.previous_policy_digest:
        choices.append((record.previous, record.previous_policy_digest))
    return choices


def _move(models: ModelRegistry, decision: PromotionDecision) -> None:
    version = str(decision.version)
    record = read_record(models, decision.name)
    before: str | None = None
    if record is not None and record.version == version:
        before = record.previous
    else:
        line = read_audit(models, decision.name).promoted(version)
        before = line["previous"] if line else None
    log = read_audit(models, decision.name)
    earlier = log.promoted(before) if before else None
    move_champion(
        models,
        decision.name,
        ChampionRecord(
            version=version,
            policy_digest=decision.policy_digest,
            evidence_digest=decision.evidence_digest,
            run_id=decision.run_id,
            previous=before if earlier else None,
            previous_policy_digest=earlier["policy_digest"] if earlier else None,
        ),
    )


def require_rolled_back(decision: PromotionDecision) -> PromotionDecision:
    """The decision, if it restored a champion.

    Raises
    ------
    GateClosedError
        Otherwise, with every reason.
    """
    if not decision.promoted:
        raise GateClosedError(
            f"{decision.name} was not rolled back",
            got="; ".join(decision.reasons),
            remedy="train, audit and promote a version",
            reason_code="no_rollback",
        )
    return decision
