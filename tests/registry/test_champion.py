"""Scoring loads a champion only through evidence, and `verify` sees what was done by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from gosales.core.errors import GateClosedError, IntegrityError
from gosales.registry.champion import load_champion
from gosales.registry.champion_record import RECORD_TAG
from gosales.registry.promotion import promote
from gosales.registry.promotion_rules import PromotionRules
from gosales.registry.rollback import rollback
from gosales.registry.verify import verify
from gosales.tracking.model_name import CHAMPION, PREVIOUS

NAME = "gosales.printers"


@pytest.fixture()
def three(house: Any, compare: Any) -> Any:
    """Versions 1, 2 and 3, each champion in its turn."""
    for slope in (1.0, 2.0, 3.0):
        version = house.passing(slope)
        promote(house.desk, "printers", version, house.policy, PromotionRules(), compare)
    return house


def _problems(house: Any) -> str:
    return "; ".join(verify(house.models, NAME, house.policy.digest).problems)


def test_no_champion_is_a_closed_gate(house: Any) -> None:
    with pytest.raises(GateClosedError, match="gosales promote division=printers"):
        load_champion(house.models, "printers")
    assert verify(house.models, NAME).verified


def test_the_champion_scores(three: Any) -> None:
    champion = load_champion(three.models, "printers")
    assert (champion.version, champion.run_id) == ("3", "train3")
    X = pd.DataFrame({champion.model.specs[0].name: [0.0, 1.0]})
    assert champion.model.predict(X)[1] > champion.model.predict(X)[0]
    assert _problems(three) == ""


def test_an_alias_moved_by_hand_is_refused_and_found(three: Any) -> None:
    three.models.set_alias(NAME, CHAMPION, "2")
    with pytest.raises(IntegrityError, match="moved behind its record") as caught:
        load_champion(three.models, "printers")
    assert caught.value.exit_code == 1
    assert "alias champion is at version 2; the last decision put it at 3" in _problems(three)


def test_an_alias_set_where_nothing_was_decided_is_refused(house: Any) -> None:
    house.models.set_alias(NAME, CHAMPION, house.passing())
    with pytest.raises(IntegrityError, match="no decision on record"):
        load_champion(house.models, "printers")
    assert "last decision put it at none" in _problems(house)


def test_an_alias_removed_by_hand_is_found(three: Any) -> None:
    three.models.set_alias(NAME, CHAMPION, None)
    assert "alias champion is at version none" in _problems(three)


def test_a_bundle_changed_after_promotion_is_refused_and_found(three: Any) -> None:
    path = three.models.package(NAME, "3") / "artifacts" / "bundle" / "model.json"
    path.write_text(path.read_text().replace("3.0", "4.0"))
    with pytest.raises(IntegrityError, match="not what was written"):
        load_champion(three.models, "printers")
    assert "does not verify" in _problems(three)


def test_evidence_replaced_after_promotion_is_refused(three: Any) -> None:
    path = three.models.package(NAME, "3") / "code" / "gosales" / "__init__.py"
    path.write_text("x = 2\n")
    three.audit("3", three.report(3.0))
    with pytest.raises(IntegrityError, match="not what was decided on"):
        load_champion(three.models, "printers")


def test_a_record_edited_by_hand_is_refused_and_found(three: Any) -> None:
    text = three.models.model_tags(NAME)[RECORD_TAG]
    three.models.set_model_tag(NAME, RECORD_TAG, text.replace('"version": "3"', '"version": "2"'))
    three.models.set_alias(NAME, CHAMPION, "2")
    with pytest.raises(IntegrityError, match="cannot be trusted"):
        load_champion(three.models, "printers")
    assert "cannot be trusted" in _problems(three)


def test_a_forged_record_without_its_decision_is_found(three: Any) -> None:
    from gosales.registry.champion_record import read_record, write_record

    record = read_record(three.models, NAME)
    assert record is not None
    evidence = three.models.version(NAME, "2").tags["evidence.digest"]
    forged = type(record)("2", record.policy_digest, evidence, record.run_id, record.previous)
    write_record(three.models, NAME, forged)
    three.models.set_alias(NAME, CHAMPION, "2")
    assert "decision's run does not say what the record says" in _problems(three)


def test_an_edited_audit_log_is_found(three: Any) -> None:
    run = list(three.tracker.runs.values())[-1]
    path = run.folder / "audit.jsonl"
    path.write_text(path.read_text().replace('"version": "1"', '"version": "7"'))
    assert "audit log was edited at line 1" in _problems(three)


def test_a_champion_of_an_earlier_policy_is_noted(three: Any, relaxed_policy: Any) -> None:
    found = verify(three.models, NAME, relaxed_policy.digest)
    assert found.verified
    assert "earlier policy" in found.notes[0]


def test_rollback_restores_the_one_before_and_the_one_before_that(three: Any) -> None:
    first = rollback(three.desk, "printers")
    assert (first.promoted, first.version, first.previous) == (True, "2", "3")
    assert three.models.alias(NAME, PREVIOUS) == "1"
    assert load_champion(three.models, "printers").version == "2"
    assert _problems(three) == ""
    second = rollback(three.desk, "printers")
    assert (second.version, three.models.alias(NAME, PREVIOUS)) == ("1", None)
    third = rollback(three.desk, "printers")
    assert not third.promoted
    assert third.reasons == ("no earlier champion is on record",)
    assert load_champion(three.models, "printers").version == "1"


def test_rollback_after_a_bypass_restores_the_recorded_champion(three: Any) -> None:
    three.models.set_alias(NAME, CHAMPION, "1")
    decision = rollback(three.desk, "printers")
    assert (decision.version, three.models.alias(NAME, PREVIOUS)) == ("3", "2")
    assert _problems(three) == ""


def test_rollback_never_restores_what_does_not_verify(three: Any) -> None:
    path = three.models.package(NAME, "2") / "artifacts" / "bundle" / "model.json"
    path.write_text(path.read_text().replace("2.0", "4.0"))
    decision = rollback(three.desk, "printers")
    assert not decision.promoted
    assert decision.reasons[0].startswith("version 2: ")
    assert three.models.alias(NAME, CHAMPION) == "3"


def test_a_broken_champion_closes_promotion_until_rolled_back(three: Any, compare: Any) -> None:
    path = three.models.package(NAME, "3") / "artifacts" / "bundle" / "model.json"
    path.write_text(path.read_text().replace("3.0", "4.0"))
    version = three.passing(5.0)
    rules = PromotionRules()
    refused = promote(three.desk, "printers", version, three.policy, rules, compare)
    assert "the champion cannot be compared with" in refused.reasons[0]
    assert rollback(three.desk, "printers").version == "2"
    assert promote(three.desk, "printers", version, three.policy, rules, compare).promoted
