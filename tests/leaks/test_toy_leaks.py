"""The whole approved gauntlet against a candidate with one leak switched on at a time."""

from __future__ import annotations

import pytest
from tests.support.planted_toy import planted_toy
from tests.support.toy_candidate import PermutableToy, toy_context
from tests.support.toy_star import toy_star

from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.report import GauntletReport
from gosales.gauntlet.runner import run_gauntlet

CAUGHT_BY = {
    "peek": {"future_invariance", "event_proximity"},
    "future_roster": {"future_invariance"},
    "edited_cache": {"future_invariance", "reproducibility"},
    "unregistered": {"feature_dates"},
    "late_provenance": {"feature_dates"},
    "label_column": {"single_feature", "future_invariance"},
    "both_folds": {"group_overlap"},
    "unpurged": {"horizon_purge"},
    "inner_overlap": {"group_overlap"},
    "scale_on_all": {"fit_scope"},
    "tune_on_valid": {"fit_scope"},
    "calibrate_on_valid": {"fit_scope"},
    "random_fit": {"reproducibility"},
}
# One of each kind runs always; the others run with the slow tests.
_QUICK = {"peek", "both_folds", "calibrate_on_valid"}
LEAKS = [
    pytest.param(leak, marks=[] if leak in _QUICK else [pytest.mark.slow]) for leak in CAUGHT_BY
]


def audit(star, tmp_path, approved, *leaks):
    toy = planted_toy(star, *leaks, kind=PermutableToy)
    context = toy_context(star, toy, tmp_path / "work")
    return run_gauntlet(context, approved.checks, approved, recipe_digest="r" * 64)


def failed(report):
    return {f.name for f in report.findings if f.outcome in (Outcome.FAIL, Outcome.ERROR)}


def test_the_clean_twin_passes_and_its_report_survives_the_round_trip(star, tmp_path, approved):
    report = audit(star, tmp_path, approved)
    assert report.passed, report.verdict.reasons
    again = GauntletReport.from_json(report.to_json())
    again.verify(approved)
    tags = again.tags()
    assert (tags["gauntlet.status"], tags["gauntlet.permutation_p"]) == ("PASS", "0.01")
    assert {f"gauntlet.{name}" for name in approved.required} <= set(tags)


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_closes_the_gate_by_the_check_made_for_it(star, tmp_path, approved, leak):
    report = audit(star, tmp_path, approved, leak)
    assert report.verdict.status is Outcome.FAIL
    assert report.tags()["gauntlet.status"] == "FAIL"
    assert "leak" in report.verdict.failed_subjects
    assert failed(report) >= CAUGHT_BY[leak], report.verdict.reasons


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "check"),
    [({"copies": 25}, "duplicates"), ({"ids_by_outcome": True}, "identifier_order")],
)
def test_a_leak_of_the_data_closes_the_gate(tmp_path, approved, world, check):
    report = audit(toy_star(tmp_path / "star", **world), tmp_path, approved)
    assert failed(report) == {check}


def test_no_signal_does_not_pass(tmp_path, approved):
    flat = toy_star(tmp_path / "star", spread=0.0, rate=-2.0)
    report = audit(flat, tmp_path, approved)
    assert "permutation" in failed(report)
