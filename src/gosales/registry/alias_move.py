"""Moving the champion: both aliases and the record, or nothing."""

from __future__ import annotations

import json
from typing import Final

from gosales.core.errors import IntegrityError
from gosales.registry.champion_record import ChampionRecord, read_record, write_record
from gosales.tracking.model_name import CHAMPION, PREVIOUS
from gosales.tracking.model_registry import ModelRegistry

INTENT_TAG: Final = "champion.intent"


def move_champion(models: ModelRegistry, name: str, record: ChampionRecord) -> None:
    """Set ``previous_champion``, then ``champion``, re-read, then write the record.

    Parameters
    ----------
    models : ModelRegistry
        Call it under ``models.lock(name)``.
    name : str
        Registered model.
    record : ChampionRecord
        What is to be true afterwards.

    Raises
    ------
    IntegrityError
        If the registry says otherwise afterwards; aliases and record are then as before.

    Notes
    -----
    An intent is left on the model while the move lasts. A process killed in between leaves it
    behind, and `settle` puts things back.
    """
    before = {alias: models.alias(name, alias) for alias in (CHAMPION, PREVIOUS)}
    old = read_record(models, name)
    models.set_model_tag(name, INTENT_TAG, json.dumps({"before": before}))
    try:
        _point(models, name, PREVIOUS, record.previous)
        _point(models, name, CHAMPION, record.version)
        write_record(models, name, record)
        _require(models, name, record)
    except BaseException:
        # Whatever ended it, a signal included: half a move must not stay.
        _restore(models, name, before, old)
        raise
    models.set_model_tag(name, INTENT_TAG, None)


def settle(models: ModelRegistry, name: str) -> str | None:
    """Undo a move that was cut short; returns what was done, or None.

    Notes
    -----
    When the record was written the move was decided and is completed; otherwise the aliases go
    back to where they were.
    """
    text = models.model_tags(name).get(INTENT_TAG)
    if text is None:
        return None
    record = read_record(models, name)
    if record is not None:
        _point(models, name, PREVIOUS, record.previous)
        _point(models, name, CHAMPION, record.version)
    else:
        _point(models, name, PREVIOUS, None)
        _point(models, name, CHAMPION, None)
    models.set_model_tag(name, INTENT_TAG, None)
    now = "none" if record is None else f"version {record.version}"
    return f"a move of the champion was cut short; the champion is {now}, as recorded"


def _point(models: ModelRegistry, name: str, alias: str, version: str | None) -> None:
    if models.alias(name, alias) != version:
        models.set_alias(name, alias, version)


def _require(models: ModelRegistry, name: str, record: ChampionRecord) -> None:
    wanted = {CHAMPION: record.version, PREVIOUS: record.previous}
    found = {alias: models.alias(name, alias) for alias in wanted}
    if found != wanted or read_record(models, name) != record:
        raise IntegrityError(
            "the registry does not say what was written",
            got=str(found),
            allowed=str(wanted),
            remedy="somebody else writes to the registry; run the command again",
            reason_code="alias_mismatch",
        )


def _restore(
    models: ModelRegistry,
    name: str,
    before: dict[str, str | None],
    record: ChampionRecord | None,
) -> None:
    write_record(models, name, record)
    for alias in (CHAMPION, PREVIOUS):
        _point(models, name, alias, before[alias])
    models.set_model_tag(name, INTENT_TAG, None)
