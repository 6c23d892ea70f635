"""Whether aliases, record, decisions and evidence agree."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from gosales.core.errors import GoSalesError
from gosales.models.is_model_backed import is_model_backed
from gosales.registry.alias_move import INTENT_TAG
from gosales.registry.audit_log import read_audit
from gosales.registry.champion import verified_champion
from gosales.registry.champion_record import ChampionRecord, read_record
from gosales.registry.decision import DECISION_FILE
from gosales.registry.verified_model import BundleReader, read_verified_bundle
from gosales.tracking.model_name import CHAMPION, PREVIOUS
from gosales.tracking.model_registry import ModelRegistry


@dataclass(frozen=True)
class Verification:
    """What was found about one registered model.

    Parameters
    ----------
    name : str
        Registered model.
    champion : str or None
        Version the alias names.
    problems : tuple of str
        Empty when everything agrees.
    notes : tuple of str
        What is no problem but worth knowing.
    """

    name: str
    champion: str | None
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(
    models: ModelRegistry,
    name: str,
    approved_policy: str | None = None,
    read: BundleReader = read_verified_bundle,
    heuristic_policy: str | None = None,
) -> Verification:
    """Find aliases moved behind the record, and evidence that does not verify. Writes nothing.

    Parameters
    ----------
    models : ModelRegistry
        Where it is.
    name : str
        Registered model, ``gosales.<slug>``.
    approved_policy : str, optional
        Digest of the policy approved now; a champion approved under an earlier one is noted.
    read : callable, optional
        Bundle reader.
    heuristic_policy : str, optional
        The same for a champion that is no model.
    """
    champion = models.alias(name, CHAMPION)
    try:
        record = read_record(models, name)
    except GoSalesError as error:
        return Verification(name, champion, (str(error),))
    problems = [*_alias_problems(models, name, record), *_audit_problems(models, name)]
    if record is not None:
        problems += _decision_problems(models, record)
    approved = approved_policy
    if champion is not None and record is not None and champion == record.version:
        try:
            model = verified_champion(models, name, read).model
            approved = approved_policy if is_model_backed(model) else heuristic_policy
        except GoSalesError as error:
            problems.append(str(error))
    notes = []
    if record and approved and record.policy_digest != approved:
        notes.append("the champion was approved under an earlier policy than today's")
    if champion is None and record is None:
        notes.append("no version was ever promoted")
    return Verification(name, champion, tuple(problems), tuple(notes))


def _alias_problems(models: ModelRegistry, name: str, record: ChampionRecord | None) -> list[str]:
    wanted = {
        CHAMPION: record.version if record else None,
        PREVIOUS: record.previous if record else None,
    }
    problems = []
    for alias, version in wanted.items():
        found = models.alias(name, alias)
        if found != version:
            problems.append(
                f"the alias {alias} is at version {found or 'none'}; the last decision put it at "
                f"{version or 'none'}: it was moved behind the record"
            )
    if INTENT_TAG in models.model_tags(name):
        problems.append("a move of the champion was cut short; promote or rollback settles it")
    return problems


def _decision_problems(models: ModelRegistry, record: ChampionRecord) -> list[str]:
    try:
        with tempfile.TemporaryDirectory(prefix="gosales-decision-") as scratch:
            file = models.download(record.run_id, DECISION_FILE, Path(scratch))
            decision = json.loads(file.read_text(encoding="utf-8"))
        agreed = (
            decision["promoted"] is True
            and decision["version"] == record.version
            and decision["evidence_digest"] == record.evidence_digest
            and decision["policy_digest"] == record.policy_digest
        )
    except (GoSalesError, OSError, ValueError, KeyError, TypeError) as error:
        return [f"the decision on record cannot be read: {error}"]
    return [] if agreed else ["the decision's run does not say what the record says"]


def _audit_problems(models: ModelRegistry, name: str) -> list[str]:
    log = read_audit(models, name)
    problems = [log.fault] if log.fault else []
    restarts = [str(line["restarted"]) for line in log.lines if "restarted" in line]
    return problems + [f"the audit log was begun anew after: {text}" for text in restarts]
