"""What is no model needs the proofs only, and is never promoted as a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gosales.core.errors import GateClosedError
from gosales.registry.champion import load_champion
from gosales.registry.champion_record import read_record
from gosales.registry.promotion import promote
from gosales.registry.promotion_rules import PromotionRules
from gosales.registry.verify import verify
from gosales.tracking.model_name import CHAMPION

NAME = "gosales.printers"
TODAY = "the champion was approved under an earlier policy than today's"


@pytest.fixture()
def decide(house: Any, proofs: Any, compare: Any) -> Callable[[str], Any]:
    def decided(version: str) -> Any:
        rules = PromotionRules()
        return promote(house.desk, "printers", version, house.policy, rules, compare, proofs)

    return decided


@pytest.fixture()
def audited(house: Any, proofs: Any, heuristic: Any) -> str:
    version: str = house.train(model=heuristic, cv_auc=0.99)
    house.audit(version, house.report(policy=proofs, model=heuristic))
    return version


def test_the_proofs_are_enough_and_the_decision_says_what_it_is(
    house: Any, proofs: Any, decide: Any, audited: str
) -> None:
    decision = decide(audited)
    assert (decision.promoted, decision.reasons) == (True, ())
    assert any("a heuristic, no model" in note for note in decision.notes)
    record = read_record(house.models, NAME)
    assert record is not None
    assert record.policy_digest == decision.policy_digest == proofs.digest
    assert house.tracker.runs[decision.run_id].tags["policy.digest"] == proofs.digest
    today = (house.policy.digest, proofs.digest)
    assert verify(house.models, NAME, today[0], heuristic_policy=today[1]).notes == ()
    assert verify(house.models, NAME, today[0], heuristic_policy="other").notes == (TODAY,)


def test_a_proof_that_fails_closes_the_gate(
    house: Any, proofs: Any, heuristic: Any, decide: Any
) -> None:
    version = house.train(model=heuristic)
    house.audit(version, house.report(policy=proofs, model=heuristic, group_overlap="FAIL"))
    assert "the verdict is FAIL, not PASS" in decide(version).reasons


def test_a_model_called_a_heuristic_is_refused(house: Any, proofs: Any, decide: Any) -> None:
    version = house.train()
    house.models.set_version_tags(NAME, version, {"model_backed": "false"})
    house.audit(version, house.report(policy=proofs))
    said = "the tag model_backed says false, but the version is a model"
    assert decide(version).reasons == (said,)
    assert house.models.alias(NAME, CHAMPION) is None


def test_a_heuristic_called_a_model_is_refused_and_never_scores(
    house: Any, decide: Any, audited: str
) -> None:
    assert decide(audited).promoted
    house.models.set_version_tags(NAME, audited, {"model_backed": "true"})
    with pytest.raises(GateClosedError, match="says true, but the version is a heuristic"):
        load_champion(house.models, "printers")


def test_a_model_under_the_proofs_alone_is_refused(house: Any, proofs: Any, decide: Any) -> None:
    version = house.train()
    house.audit(version, house.report(policy=proofs))
    assert "made under another policy" in decide(version).reasons[0]
    assert house.models.alias(NAME, CHAMPION) is None


def test_best_takes_a_model_before_a_heuristic(house: Any, decide: Any, audited: str) -> None:
    model = house.passing(cv_auc=0.6)
    assert decide("best").version == model
