"""The counting of the self-test, on cells made by hand."""

from __future__ import annotations

import pytest

from gosales.core.errors import ConfigError
from gosales.evaluation.clopper_pearson import clopper_pearson
from gosales.gauntlet.finding import Outcome, Subject
from gosales.gauntlet.zoo.cell import AuditedCell, Cell, Said
from gosales.gauntlet.zoo.detection_matrix import ANY, DetectionMatrix
from gosales.gauntlet.zoo.strength import Strength
from gosales.gauntlet.zoo.targets import Targets

CHECKS, RULES = ["fence", "clock", "guard"], ["old"]
LEAK, QUALITY = Subject.LEAK, Subject.QUALITY
STRONG, WEAK, TWIN, CLEAN = Strength.STRONG, Strength.WEAK, Strength.TWIN, Strength.CLEAN


def cell(strength, seed=0, *, leak="peek", old="PASS", degenerate="", **outcomes):
    """A cell; ``guard`` is about quality, the others about leaks."""
    said = {
        name: Said(Outcome(o), QUALITY if name == "guard" else LEAK, 0.1, f"{name} says {o}")
        for name, o in outcomes.items()
    }
    named = "" if strength is CLEAN else leak
    rules = {"old": Said(Outcome(old), LEAK, 0.1, "")}
    return AuditedCell(Cell(named, strength, seed), said, rules, 1.0, degenerate)


def matrix(*cells):
    return DetectionMatrix.of(cells, CHECKS, RULES)


CLEAN_WORLDS = [cell(CLEAN, s, fence="PASS", clock="PASS", guard="PASS") for s in range(50)]


def test_rates_are_counted_per_leak_strength_and_check():
    found = matrix(
        cell(STRONG, 1, fence="FAIL", clock="PASS", old="FAIL"),
        cell(STRONG, 2, fence="PASS", clock="FAIL"),
        cell(STRONG, 3, fence="PASS"),
        cell(WEAK, 1, fence="FAIL", clock="FAIL"),
    ).detected
    strong = found["peek", STRONG]
    assert {n: (r.hits, r.n) for n, r in strong.items()} == {
        "fence": (1, 3), "clock": (1, 2), "guard": (0, 0), "old": (1, 3), ANY: (2, 3),
    }  # fmt: skip
    assert found["peek", WEAK][ANY].share == 1.0


def test_a_quality_fault_a_warning_and_an_earlier_rule_do_not_catch_a_leak():
    found = matrix(cell(STRONG, 1, fence="WARN", guard="FAIL", old="FAIL"))
    assert found.detected["peek", STRONG][ANY].hits == 0


def test_all_targets_met_leaves_no_miss():
    caught = [cell(s, i, fence="FAIL") for s in (STRONG, WEAK) for i in range(3)]
    twins = [cell(TWIN, i, fence="PASS") for i in range(3)]
    assert matrix(*caught, *twins, *CLEAN_WORLDS).misses(Targets()) == ()


@pytest.mark.parametrize(("strength", "caught", "missed"), [
    (STRONG, 9, True), (STRONG, 10, False), (WEAK, 7, True), (WEAK, 8, False),
])  # fmt: skip
def test_a_strong_leak_needs_95_of_100_and_a_weak_one_80(strength, caught, missed):
    cells = [cell(strength, i, fence="FAIL" if i < caught else "PASS") for i in range(10)]
    found = matrix(*cells, *CLEAN_WORLDS).misses(Targets())
    assert bool(found) == missed
    assert all(line.startswith(f"peek, {strength}: {caught}/10") for line in found)


def test_a_check_that_was_not_run_catches_nothing():
    cells = [cell(STRONG, i, clock="PASS") for i in range(3)]
    (line,) = matrix(*cells, *CLEAN_WORLDS).misses(Targets())
    assert line.startswith("peek, strong: 0/3 = 0%")


def test_false_alarms_on_clean_worlds_count_leaks_only():
    worlds = [*CLEAN_WORLDS[2:], cell(CLEAN, 98, fence="FAIL"), cell(CLEAN, 99, guard="FAIL")]
    found = matrix(*worlds)
    assert (found.alarms[CLEAN]["fence"].hits, found.alarms[CLEAN]["guard"].hits) == (1, 1)
    verdicts = {name: rate.hits for name, rate in found.verdicts[CLEAN].items()}
    assert verdicts == {"leak FAIL": 1, "quality FAIL": 1, "ERROR": 0, "INCONCLUSIVE": 0}
    assert found.misses(Targets()) == ()
    (line,) = matrix(*worlds, cell(CLEAN, 100, clock="FAIL")).misses(Targets())
    assert line.startswith("leak FAIL on clean worlds: 2/51")


def test_a_twin_that_alarms_is_a_false_alarm_of_its_own():
    caught = [cell(STRONG, i, fence="FAIL") for i in range(3)]
    found = matrix(*caught, cell(TWIN, 1, fence="FAIL"), *CLEAN_WORLDS)
    (line,) = found.misses(Targets())
    assert line.startswith("leak FAIL on twin worlds: 1/1")


def test_what_was_not_measured_is_not_met():
    (line,) = matrix(cell(STRONG, 1, fence="FAIL")).misses(Targets())
    assert line == "leak FAIL on clean worlds: not run, wanted at most 2%"


def test_a_crash_is_no_detection_and_always_a_miss():
    found = matrix(cell(STRONG, 1, fence="ERROR"), *CLEAN_WORLDS)
    assert found.detected["peek", STRONG][ANY].hits == 0
    assert found.misses(Targets())[-1] == "crashed: peek strong seed 1: fence: fence says ERROR"


def test_a_degenerate_world_counts_nowhere_and_is_told():
    found = matrix(cell(STRONG, 1, fence="FAIL"), cell(STRONG, 2, degenerate="one class"))
    assert found.detected["peek", STRONG][ANY].n == 1
    assert found.degenerate == ("peek strong seed 2: one class",)


def test_a_leak_whose_worlds_are_all_degenerate_is_a_miss():
    found = matrix(cell(STRONG, 2, degenerate="one class"), *CLEAN_WORLDS)
    (line,) = found.misses(Targets())
    assert line.startswith("peek, strong: not run")


def test_cells_survive_the_round_trip():
    one = cell(WEAK, 3, fence="FAIL", guard="WARN")
    assert AuditedCell.from_json(one.to_json()) == one


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 20, 0.0, 0.1684), (20, 20, 0.8316, 1.0), (4, 200, 0.0055, 0.0504), (0, 0, 0.0, 1.0)],
)
def test_intervals_are_the_published_ones(hits, n, low, high):
    assert clopper_pearson(hits, n) == pytest.approx((low, high), abs=5e-4)


def test_a_target_must_be_a_share():
    with pytest.raises(ConfigError, match="strong=95"):
        Targets(strong=95)
