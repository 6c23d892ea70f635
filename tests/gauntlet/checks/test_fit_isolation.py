from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.support.planning_toy import _PLANS, PlanningToy
from tests.support.remembering_toy import _OUTCOMES, _SEEN, ForwardToy, RememberingToy
from tests.support.toy_candidate import TRAINING, toy_context

from gosales.core.errors import InternalError
from gosales.gauntlet.checks.fit_isolation import FitIsolation
from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.out_of_fold import out_of_fold


def audit(star, tmp_path, way, side_file=None):
    context = toy_context(star, RememberingToy(way, side_file), tmp_path / "work")
    reported = replace(context, oof=out_of_fold(context))
    return FitIsolation(max_examples=1000).run(reported)


@pytest.mark.parametrize("way", ["memory", pytest.param("instance", marks=pytest.mark.slow)])
def test_fires_on_a_fit_that_remembers_other_fits(star, tmp_path, way):
    _SEEN.clear()
    finding = audit(star, tmp_path, way)
    assert finding.outcome is Outcome.FAIL
    # Only the first fit of all had nothing to remember.
    assert finding.values["differences"] == finding.values["refits"] - 1 == 6


def test_fires_on_a_fit_that_reads_a_file(star, tmp_path):
    side = tmp_path / "elsewhere.txt"
    side.write_text("0.25")
    finding = audit(star, tmp_path, "file", side)
    assert finding.outcome is Outcome.FAIL
    assert "elsewhere.txt" in finding.reason
    assert finding.values["differences"] == finding.values["refits"]


def test_fires_on_a_model_whose_forward_predictions_remember_their_outcome(star, tmp_path):
    _OUTCOMES.clear()
    context = toy_context(star, ForwardToy(), tmp_path / "work")
    finding = FitIsolation().run(replace(context, oof=out_of_fold(context)))
    assert finding.outcome is Outcome.FAIL
    why = {d["fit"]: d["why"] for d in finding.detail}["the model that ships"]
    # What it says of itself is equal; what it predicts is not.
    assert why.endswith(f"of {len(context.forward)} forward predictions are others")


def test_without_forward_rows_the_model_is_held_all_the_same(audit):
    context = audit()
    assert FitIsolation().run(replace(context, forward=context.forward.at([]))).outcome is (
        Outcome.PASS
    )


def test_silent_on_the_clean_twin(star, tmp_path):
    finding = audit(star, tmp_path, "honest")
    assert (finding.outcome, finding.values["differences"]) == (Outcome.PASS, 0)
    assert finding.values["refits"] == 1 + 6


def test_fires_on_reported_predictions_and_a_model_that_no_fit_gives(audit):
    context = audit()
    oof = out_of_fold(context)
    oof[context.plan.folds[1].valid[3]] += 1e-12
    other = context.candidate.fit(context.training.take(context.plan.folds[0].train))
    finding = FitIsolation().run(replace(context, oof=oof, model=other))
    told = {d["fit"]: d["why"] for d in finding.detail}
    assert told["the model that ships"].startswith("another ")
    assert told[f"fold {context.plan.folds[1].name}"].startswith("1 of ")
    assert len(told) == 2


def test_inconclusive_without_folds(audit):
    context = audit()
    empty = replace(context.plan.folds[0], valid=np.array([], dtype=int))
    for folds in ((), (empty,)):
        plan = replace(context.plan, folds=folds)
        finding = FitIsolation().run(replace(context, plan=plan))
        assert finding.outcome is Outcome.INCONCLUSIVE


def test_a_fit_that_fails_there_is_an_error(audit, tmp_path):
    context = audit()
    gone = RememberingToy("no_such_way")
    with pytest.raises(InternalError, match="no_such_way"):
        FitIsolation().run(replace(context, candidate=gone, oof=out_of_fold(context)))


def planned(star, tmp_path, way):
    context = toy_context(star, PlanningToy(way), tmp_path / "work")
    return FitIsolation(max_examples=1000).run(replace(context, oof=out_of_fold(context)))


def test_fires_on_folds_chosen_by_what_they_are_judged_by(star, tmp_path):
    finding = planned(star, tmp_path, "best_subset")
    assert finding.outcome is Outcome.FAIL
    assert all(d["fit"].startswith("the plan of fold") for d in finding.detail)
    assert finding.detail[0]["why"] == "its outcomes decide which rows train it"


def test_fires_on_a_plan_that_was_made_of_other_rows(star, tmp_path):
    _PLANS.clear()
    toy = PlanningToy("remembered")
    toy.plan(toy.build(star, TRAINING[:3]).labelled())
    finding = planned(star, tmp_path, "remembered")
    _PLANS.clear()
    assert finding.outcome is Outcome.FAIL
    assert {"fit": "the plan", "why": "another plan of the same rows"} in finding.detail


def test_accounts_spread_by_their_labels_warn(star, tmp_path):
    finding = planned(star, tmp_path, "stratified")
    assert finding.outcome is Outcome.WARN
    assert finding.values["moved_folds"] > 0
