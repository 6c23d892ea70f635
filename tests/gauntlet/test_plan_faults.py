from __future__ import annotations

import numpy as np
import pytest
from tests.support.planning_toy import PlanningToy
from tests.support.toy_candidate import TRAINING

from gosales.core.errors import DegenerateError
from gosales.evaluation.purged_grouped import PurgedGroupedSplitter
from gosales.gauntlet.exchanged_outcomes import exchanged_outcomes
from gosales.gauntlet.plan_faults import PlanFaults


@pytest.fixture(scope="module")
def panel(star):
    return PlanningToy("half").build(star, TRAINING).labelled()


def faults(panel, way, seed=1):
    again = PlanningToy(way).plan
    return PlanFaults.of(panel, again(panel), again, seed)


@pytest.mark.parametrize(
    ("way", "why"),
    [
        ("best_subset", "its outcomes decide which rows train it"),
        ("best_training", "its outcomes decide which cutoffs train"),
        ("best_cutoff", "its outcomes decide which cutoffs are validated"),
        ("stratified_subset", "rows are left out of training"),
    ],
)
def test_folds_chosen_by_what_they_are_judged_by(panel, way, why):
    for seed in range(2):
        assert any(why in what for _, what in faults(panel, way, seed).faults)


@pytest.mark.parametrize("way", ["plain", "half", "thinned"])
def test_training_rows_may_be_chosen_by_their_own_labels(panel, way):
    assert faults(panel, way) == PlanFaults([], ())


def test_accounts_spread_by_their_labels_move_and_are_no_fault(panel):
    found = faults(panel, "stratified")
    assert not found.faults
    assert found.moved


def test_another_plan_of_the_same_rows(panel):
    other = PlanningToy("half").plan(panel)
    found = PlanFaults.of(panel, other, PlanningToy("plain").plan, 1)
    assert found == PlanFaults([("the plan", "another plan of the same rows")], ())


def test_folds_that_are_just_fit_for_use_stay_so(panel):
    # As few buyers as a plan can have: one in every fold of every cutoff.
    splitter = PurgedGroupedSplitter(n_folds=3, horizon_months=3)
    y = np.zeros(len(panel))
    for fold in splitter.plan(panel).folds:
        y[fold.valid[0]] = 1.0
    cutoffs = panel.rows["cutoff"].to_numpy()
    first = splitter.plan(panel).folds[0]
    y[first.train[cutoffs[first.train] == cutoffs.min()][:20]] = 1.0
    rare = panel.with_labels(y)
    plan = splitter.plan(rare)
    assert PlanFaults.of(rare, plan, splitter.plan, 1) == PlanFaults([], ())
    # Labels that leave their cutoff would not leave them so.
    with pytest.raises(DegenerateError, match="cannot be fitted or judged"):
        splitter.plan(rare.with_labels(np.sort(y)[::-1]))


def test_whole_outcomes_move_and_the_others_stay(panel):
    plan = PlanningToy("plain").plan(panel)
    where = np.ones(len(panel), dtype=bool)
    where[plan.folds[0].train] = False
    other = exchanged_outcomes(panel, plan, where, np.random.default_rng(1))
    told = ["y", "label_value", "first_event_days"]
    assert panel.rows.loc[~where].equals(other.rows.loc[~where])
    assert panel.rows.drop(columns=[*told, "label_gp"]).equals(
        other.rows.drop(columns=[*told, "label_gp"])
    )
    assert (panel.y != other.y).any()
    bought = other.rows["y"] > 0
    assert (other.rows["label_value"].gt(0) == bought).all()
    assert (other.rows["first_event_days"].notna() >= bought).all()
    for fold in plan.folds:
        assert panel.y[fold.train].sum() == other.y[fold.train].sum()
        assert panel.y[fold.valid].sum() == other.y[fold.valid].sum()
