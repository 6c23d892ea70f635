from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from gosales.core.errors import DegenerateError, IntegrityError, TrackingError
from gosales.registry.champion import load_champion
from gosales.registry.champion_record import read_record
from gosales.registry.promotion import promote
from gosales.registry.promotion_rules import PromotionRules
from gosales.registry.verify import verify
from gosales.tracking.model_name import CHALLENGER, CHAMPION, PREVIOUS

NAME = "gosales.printers"
RULES = PromotionRules()


def _promote(house: Any, version: str, compare: Callable[..., Any]) -> Any:
    return promote(house.desk, "printers", version, house.policy, RULES, compare)


def _aliases(house: Any) -> tuple[str | None, str | None]:
    return house.models.alias(NAME, CHAMPION), house.models.alias(NAME, PREVIOUS)


def test_the_first_champion_needs_no_comparison(house: Any) -> None:
    version = house.passing()
    house.models.set_alias(NAME, CHALLENGER, version)
    decision = _promote(house, version, lambda *_: pytest.fail("nothing to compare with"))
    assert (decision.promoted, decision.moved, decision.reasons) == (True, True, ())
    assert _aliases(house) == ("1", None)
    assert house.models.alias(NAME, CHALLENGER) is None
    assert verify(house.models, NAME, house.policy.digest).problems == ()


def test_a_challenger_that_is_not_worse_takes_over(house: Any, compare: Any) -> None:
    _promote(house, house.passing(1.0), compare)
    seen: list[tuple[str, str]] = []

    def look(challenger: Any, champion: Any) -> Any:
        seen.append((challenger.version, champion.version))
        return compare()

    decision = _promote(house, house.passing(2.0), look)
    assert decision.promoted and seen == [("2", "1")]
    assert _aliases(house) == ("2", "1")
    assert load_champion(house.models, "printers").model.estimator.coefficients == (2.0,)
    run = house.tracker.runs[decision.run_id]
    assert run.tags["kind"] == "promotion" and run.tags["decision"] == "promoted"
    assert run.metrics["promotion_auc_difference_lo"] == 0.001
    assert run.tags["forward.looks"] == "1"  # the cutoff of the bundle's meta


def test_a_challenger_that_may_be_worse_is_refused(house: Any, compare: Any) -> None:
    _promote(house, house.passing(1.0), compare)
    decision = _promote(house, house.passing(2.0), lambda *_: compare(lo=-0.02))
    assert not decision.promoted
    assert "may be worse" in decision.reasons[0]
    assert _aliases(house) == ("1", None)
    run = house.tracker.runs[decision.run_id]
    assert run.status == "FINISHED"
    assert run.tags["decision"] == "refused"
    assert "may be worse" in run.note
    assert json.loads((run.folder / "decision.json").read_text())["promoted"] is False


def test_a_comparison_that_cannot_be_made_closes(house: Any, compare: Any) -> None:
    _promote(house, house.passing(1.0), compare)

    def fail(*_: Any) -> Any:
        raise DegenerateError("one class on the forward rows")

    decision = _promote(house, house.passing(2.0), fail)
    assert "the comparison with the champion failed" in decision.reasons[0]


def test_a_comparison_that_crashes_moves_nothing(house: Any, compare: Any) -> None:
    _promote(house, house.passing(1.0), compare)
    version = house.passing(2.0)
    with pytest.raises(ZeroDivisionError):
        _promote(house, version, lambda *_: 1 / 0)
    assert _aliases(house) == ("1", None)
    assert list(house.tracker.runs.values())[-1].status == "FAILED"


def test_promoting_the_champion_again_changes_nothing(house: Any, compare: Any) -> None:
    version = house.passing()
    _promote(house, version, compare)
    record = read_record(house.models, NAME)
    decision = _promote(house, version, compare)
    assert (decision.promoted, decision.moved) == (True, False)
    assert read_record(house.models, NAME) == record


def test_best_is_by_cv_among_versions_whose_gate_is_open(house: Any, compare: Any) -> None:
    house.passing(1.0, cv_auc=0.70)
    house.passing(2.0, cv_auc=0.75)
    failing = house.train(3.0, cv_auc=0.99)
    house.audit(failing, house.report(3.0, permutation="FAIL"))
    house.train(4.0, cv_auc=0.98)
    assert _promote(house, "best", compare).version == "2"


def test_best_of_none_names_every_reason(house: Any, compare: Any) -> None:
    house.train(1.0)
    decision = _promote(house, "best", compare)
    assert not decision.promoted
    assert decision.reasons[0].startswith("version 1: ")


def test_best_without_any_version(house: Any, compare: Any) -> None:
    decision = _promote(house, "best", compare)
    assert decision.reasons == ("gosales.printers has no version with cv_auc",)


def test_a_version_that_does_not_exist_is_an_error(house: Any, compare: Any) -> None:
    house.passing()
    with pytest.raises(TrackingError, match="no such version"):
        _promote(house, "9", compare)


def _edit(house: Any, version: str, file: str, old: str, new: str) -> None:
    path = house.models.package(NAME, version) / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def _edit_audit(house: Any, version: str, file: str, old: str, new: str) -> None:
    run_id = house.models.version(NAME, version).tags["evidence.run_id"]
    path = house.tracker.runs[run_id].folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


BUNDLE = "artifacts/bundle/model.json"
TAMPER: dict[str, tuple[Callable[[Any, str], None], str]] = {
    "never audited": (
        lambda h, v: h.models.set_version_tags(
            NAME, v, dict.fromkeys(h.models.version(NAME, v).tags)
        ),
        "no tag evidence.run_id",
    ),
    "tag says PASS over a failing report": (
        lambda h, v: (
            h.audit(v, h.report(permutation="FAIL")),
            h.models.set_version_tags(
                NAME, v, {"gauntlet.status": "PASS", "gauntlet.permutation": "PASS"}
            ),
        )[0],
        "the verdict is FAIL",
    ),
    "report edited": (
        lambda h, v: _edit_audit(h, v, "gauntlet_report.json", "because", "trust me"),
        "report was edited",
    ),
    "report not finite": (
        lambda h, v: _edit_audit(h, v, "gauntlet_report.json", '"p":0.01', '"p":NaN'),
        "not finite",
    ),
    "evidence edited": (
        lambda h, v: _edit_audit(h, v, "evidence.json", "d" * 64, "e" * 64),
        "evidence was edited",
    ),
    "evidence removed": (
        lambda h, v: (
            h.tracker.runs[h.models.version(NAME, v).tags["evidence.run_id"]].folder
            / "evidence.json"
        ).unlink(),
        "no such artifact",
    ),
    "bundle edited": (lambda h, v: _edit(h, v, BUNDLE, "-1.0", "9.0"), "not what was written"),
    "shipped code edited": (
        lambda h, v: _edit(h, v, "code/gosales/__init__.py", "x = 1", "import os"),
        "the code is not the one that was audited",
    ),
    "package file added": (
        lambda h, v: (h.models.package(NAME, v) / "bundle_model.py").write_text("evil") and None,
        "the package is not the one that was audited",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPER)
def test_tampering_closes_the_gate(house: Any, compare: Any, how: str) -> None:
    version = house.passing()
    act, reason = TAMPER[how]
    act(house, version)
    decision = _promote(house, version, compare)
    assert not decision.promoted
    assert reason in "; ".join(decision.reasons)
    assert _aliases(house) == (None, None)


def test_an_audit_under_another_policy_cannot_promote(
    house: Any, compare: Any, relaxed_policy: Any
) -> None:
    version = house.train()
    house.audit(version, house.report(policy=relaxed_policy))
    decision = _promote(house, version, compare)
    assert "another policy" in "; ".join(decision.reasons)


def test_evidence_of_another_version_does_not_serve(house: Any, compare: Any) -> None:
    house.passing(1.0)
    other = house.train(1.0)
    tags = house.models.version(NAME, "1").tags
    house.models.set_version_tags(NAME, other, dict(tags))
    decision = _promote(house, other, compare)
    assert "the evidence is about gosales.printers version 1" in decision.reasons


def test_a_report_about_another_model_is_not_recorded(house: Any) -> None:
    version = house.train(1.0)
    with pytest.raises(IntegrityError, match="about another model"):
        house.audit(version, house.report(2.0))
    assert "gauntlet.status" not in house.models.version(NAME, version).tags


def test_a_new_audit_replaces_the_tags_of_the_old(house: Any) -> None:
    version = house.passing()
    house.models.set_version_tags(NAME, version, {"gauntlet.shift_grid": "PASS"})
    house.audit(version, house.report(permutation="FAIL"))
    tags = house.models.version(NAME, version).tags
    assert "gauntlet.shift_grid" not in tags
    assert (tags["gauntlet.status"], tags["gauntlet.permutation"]) == ("FAIL", "FAIL")


def test_a_registry_that_does_not_keep_the_alias_is_put_back(house: Any, compare: Any) -> None:
    _promote(house, house.passing(1.0), compare)
    version = house.passing(2.0)
    before = read_record(house.models, NAME)

    def another_writer(alias: str, wanted: str | None) -> None:
        if (alias, wanted) == (CHAMPION, "2"):
            house.models.sabotage = None
            raise TrackingError("the store is gone")

    house.models.sabotage = another_writer
    with pytest.raises(TrackingError, match="store is gone"):
        _promote(house, version, compare)
    assert _aliases(house) == ("1", None)
    assert read_record(house.models, NAME) == before
    assert verify(house.models, NAME).problems == ()


def test_a_kill_in_the_middle_is_settled_by_the_next_command(house: Any, compare: Any) -> None:
    _promote(house, house.passing(1.0), compare)
    house.passing(2.0)
    house.models.set_model_tag(NAME, "champion.intent", "{}")
    house.models.set_alias(NAME, PREVIOUS, "1")
    house.models.set_alias(NAME, CHAMPION, "2")
    assert "cut short" in " ".join(verify(house.models, NAME).problems)
    decision = _promote(house, "1", compare)
    assert "cut short" in decision.notes[0]
    assert _aliases(house) == ("1", None)
    assert verify(house.models, NAME).problems == ()


def test_the_policy_must_be_signed_for_where_a_key_is_set(
    house: Any, compare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsigned = house.passing(1.0)
    monkeypatch.setenv("GOSALES_EVIDENCE_KEY", "secret")
    assert "not signed" in "; ".join(_promote(house, unsigned, compare).reasons)
    signed = house.passing(1.0)
    assert _promote(house, signed, compare).promoted
    monkeypatch.setenv("GOSALES_EVIDENCE_KEY", "another")
    with pytest.raises(IntegrityError, match="not signed"):
        load_champion(house.models, "printers")
