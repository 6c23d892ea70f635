from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support.remembering_toy import _SEEN, RememberingToy
from tests.support.toy_candidate import toy_context

from gosales.core.errors import DataError
from gosales.gauntlet.checks.future_invariance import FutureInvariance
from gosales.gauntlet.finding import Outcome

pytestmark = pytest.mark.usefixtures("variants_once")


def run(context):
    return FutureInvariance(max_examples=10_000).run(context)


def histories(finding):
    return {d["history"] for d in finding.detail}


def test_fires_on_features_that_peek(audit):
    finding = run(audit("peek"))
    assert finding.outcome is Outcome.FAIL
    assert {"truncated", "poisoned, renamed"} <= histories(finding)
    assert "toy__count__target__12m" in {d["column"] for d in finding.detail}
    assert {d["cutoff"] for d in finding.detail} >= {"2023-03-31", "2024-06-30"}


def test_fires_on_a_roster_with_future_customers(audit):
    finding = run(audit("future_roster"))
    assert finding.outcome is Outcome.FAIL
    assert {d["column"] for d in finding.detail} == {"(roster)"}


def test_fires_on_labels_that_reach_beyond_their_window(audit):
    finding = run(audit("late_label"))
    assert finding.outcome is Outcome.FAIL
    assert histories(finding) == {f"{k} after the label window" for k in ("truncated", "poisoned")}


def test_fires_on_an_edited_cache(audit):
    finding = run(audit("edited_cache"))
    assert finding.outcome is Outcome.FAIL
    assert "true, uncached" in histories(finding)


def test_fires_on_scores_that_a_rebuild_does_not_give(audit, monkeypatch):
    context = audit()
    calls = []

    def predict(self, p):
        calls.append(1)
        return p + 1e-12 * len(calls)

    monkeypatch.setattr("tests.support.toy_model.ToyShift.predict", predict)
    finding = run(context)
    assert finding.outcome is Outcome.FAIL
    assert {d["column"] for d in finding.detail} == {"(score)"}


def test_fires_on_a_fitted_state_that_knows_more_than_the_panel(star, tmp_path):
    _SEEN.clear()
    _SEEN[("c1", "2024-12-31")] = 1.0  # what a build of this process might have kept
    context = toy_context(star, RememberingToy("memory"), tmp_path / "work")
    finding = run(context)
    assert finding.outcome is Outcome.FAIL
    told = {(d["history"], d["column"]) for d in finding.detail}
    assert told == {("refitted without a future", f"({p})") for p in ("calibrator", "model")}


@pytest.mark.slow
def test_fires_on_a_fit_that_reads_a_file(star, tmp_path):
    side = tmp_path / "elsewhere.txt"
    side.write_text("0.25")
    context = toy_context(star, RememberingToy("file", side), tmp_path / "work")
    finding = FutureInvariance(stop_at_first=True).run(context)
    assert finding.outcome is Outcome.FAIL
    assert "a fit reads outside" in finding.reason
    assert "elsewhere.txt" in finding.reason


def test_told_to_it_ends_with_the_first_history_that_differs(audit):
    finding = FutureInvariance(stop_at_first=True).run(audit("peek"))
    assert (finding.outcome, finding.values["rebuilds"]) == (Outcome.FAIL, 2)
    assert histories(finding) == {"truncated"}


def test_silent_on_the_clean_twin(audit):
    context = audit()
    finding = run(context)
    assert (finding.outcome, finding.values["differences"]) == (Outcome.PASS, 0)
    # One fresh build; truncated and poisoned for features and for labels at each of five labelled
    # cutoffs; one of the log 28 years earlier and one of the log in other money.
    assert (finding.values["cutoffs"], finding.values["rebuilds"]) == (5, 1 + 5 * 4 + 2)
    assert finding.values["refits"] == 1


def test_leaves_no_scratch(audit, monkeypatch):
    context = audit()
    made = []

    def variant(star, cutoff, dest, *seed):
        dest.mkdir(parents=True)
        made.append(dest)
        return star

    for kind in ("truncate", "truncate_after", "poison", "poison_after"):
        monkeypatch.setattr(f"gosales.gauntlet.checks.future_invariance.{kind}", variant)
    run(context)
    assert len(made) == 20
    assert not any(path.exists() for path in made)


def test_inconclusive_without_rows(audit):
    context = audit()
    finding = run(replace(context, forward=context.forward.at([])))
    assert finding.outcome is Outcome.INCONCLUSIVE


def test_a_build_that_fails_is_an_error(audit, monkeypatch):
    context = audit()

    def build(self, star, cutoffs, *, cached=True):
        raise DataError("no such history")

    monkeypatch.setattr(type(context.candidate), "build", build)
    with pytest.raises(DataError, match="no such history"):
        run(context)
