from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.support.toy_candidate import FORWARD, TRAINING, ToyCandidate, toy_context

from gosales.core.errors import ConfigError
from gosales.evaluation.interval import Interval
from gosales.gauntlet.checks.shift_grid import ShiftGrid
from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.shift_measure import judged


class SnapsForward(ToyCandidate):
    """Off the quarter's end it reads the snapshot of the next one, which knows the outcome."""

    def build(self, star, cutoffs, *, cached=True):
        panel = super().build(star, cutoffs, cached=cached)
        off = ~panel.rows["cutoff"].isin([str(c) for c in (*TRAINING, FORWARD)])
        if not off.any():
            return panel
        late = super().build(star, [FORWARD.plus_months(3)])
        place = pd.Index(late.rows["customer_id"]).get_indexer(panel.rows["customer_id"])
        X = panel.X.copy()
        X.loc[off.to_numpy()] = late.X.iloc[place[off.to_numpy()]].to_numpy()
        return panel.with_features(X.astype(panel.X.dtypes.to_dict()))


def run(context, **limits):
    return ShiftGrid(**{"replicates": 200, **limits}).run(context)


@pytest.fixture(scope="module")
def snapping(star, tmp_path_factory):
    return toy_context(star, SnapsForward(), tmp_path_factory.mktemp("snapping"))


def test_fires_on_features_that_know_more_off_the_quarter(snapping):
    finding = run(snapping)
    assert finding.outcome is Outcome.FAIL
    assert {cell["metric"] for cell in finding.detail} >= {"auc"}
    named = finding.detail[0]["customers"]
    assert len(named) == 20 and named[0]["bought"]
    assert named[0]["rank_then"] > named[0]["rank_now"]
    assert finding.values["point_rule"] == "FAIL"


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert finding.outcome in (Outcome.PASS, Outcome.WARN)
    assert [c["days"] for c in finding.values["grid"][::4]] == [7, 14, 28, 56]
    assert {c["mode"] for c in finding.values["grid"]} == {"as_of", "cutoff"}
    # A cutoff 56 days earlier lies within the last training label window and its purge.
    moved = [c for c in finding.values["grid"] if c["mode"] == "cutoff"]
    assert [c["training_overlap_days"] for c in moved[::2]] == [0, 0, 0, 0]


def test_a_moved_cutoff_says_how_far_training_labels_reach_into_it(audit):
    finding = run(audit(), shifts_days=[120])
    moved = [c for c in finding.values["grid"] if c["mode"] == "cutoff"]
    # The last training window closes on 2024-03-31; the moved cutoff is 2024-03-02.
    assert {c["training_overlap_days"] for c in moved} == {29}


def test_a_rerun_gives_the_same_json(audit):
    first, again = run(audit()), run(audit())
    assert first.values == again.values
    assert len(first.values["grid_digest"]) == 64


def test_the_features_of_the_shifted_days_are_scored_for_the_same_outcome(audit):
    context = audit()
    cell = next(c for c in run(context, shifts_days=[28]).values["grid"] if c["metric"] == "auc")
    now = context.forward
    then = context.candidate.build(context.star, [FORWARD.minus_days(28)])
    both = now.rows.merge(then.rows[["customer_id"]].reset_index(), on="customer_id")
    here = now.rows["customer_id"].isin(both["customer_id"]).to_numpy()
    y = now.y[here]

    def auc(score):
        gap = score[y == 1][:, None] - score[y == 0][None, :]
        return ((gap > 0) + 0.5 * (gap == 0)).mean()

    scores = [context.model.predict(X) for X in (now.X[here], then.X.iloc[both["index"]])]
    assert cell["improvement"] == pytest.approx(auc(scores[1]) - auc(scores[0]), abs=1e-12)
    assert cell["customers_compared"] == len(both)


@pytest.mark.parametrize(
    ("gap", "interval", "point"),
    [
        (Interval(0.03, 0.011, 0.05), Outcome.FAIL, Outcome.FAIL),
        (Interval(0.03, 0.009, 0.05), Outcome.WARN, Outcome.FAIL),
        (Interval(0.03, -0.01, 0.07), Outcome.WARN, Outcome.FAIL),
        (Interval(0.005, 0.001, 0.009), Outcome.WARN, Outcome.WARN),
        (Interval(0.005, -0.01, 0.02), Outcome.PASS, Outcome.WARN),
        (Interval(0.01, 0.001, 0.02), Outcome.WARN, Outcome.WARN),
        (Interval(0.0, -0.01, 0.01), Outcome.PASS, Outcome.PASS),
        (Interval(-0.05, -0.06, -0.04), Outcome.PASS, Outcome.PASS),
        (Interval(0.03, note="insufficient"), Outcome.INCONCLUSIVE, Outcome.FAIL),
        (Interval(None, note="undefined"), Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE),
    ],
)
def test_the_rules(gap, interval, point):
    assert judged(gap, 0.01, "interval") is interval
    assert judged(gap, 0.01, "point") is point


def test_the_chosen_rule_decides_and_the_other_is_told(audit):
    # Without eps the least improvement fails by its point; no interval of a clean world agrees.
    limits = {"eps_auc": 0.0, "eps_lift": 0.0}
    by_interval, by_point = (run(audit(), rule=r, **limits) for r in ("interval", "point"))
    assert (by_interval.outcome, by_point.outcome) == (Outcome.WARN, Outcome.FAIL)
    assert by_point.values["interval_rule"] == "WARN"
    assert "the point rule says FAIL" in by_interval.reason


def test_without_forward_labels_the_newest_validation_cutoff_is_judged(audit):
    context = audit()
    unlabelled = context.forward.with_labels(np.full(len(context.forward), np.nan))
    finding = run(replace(context, forward=unlabelled))
    assert (finding.values["splits"], finding.values["cutoffs"]) == (["cv"], ["2023-12-31"])
    assert finding.outcome in (Outcome.PASS, Outcome.WARN)


def test_too_few_forward_buyers_are_joined_by_the_newest_validation_cutoff(audit):
    context = audit()
    y = np.where(np.cumsum(context.forward.y) <= 39, context.forward.y, 0.0)
    finding = run(replace(context, forward=context.forward.with_labels(y)))
    assert finding.values["splits"] == ["forward", "cv"]
    assert finding.values["rows"] > len(context.forward)
    assert finding.outcome in (Outcome.PASS, Outcome.WARN)
    cells = [c for c in finding.values["grid"] if c["days"] == 7]
    assert all(c["customers_compared"] > len(context.forward) for c in cells)


def test_inconclusive_below_forty_positive_accounts(audit):
    context = audit()
    y = np.zeros(len(context.forward))
    y[:39] = 1
    few = replace(context, forward=context.forward.with_labels(y))
    finding = run(replace(few, plan=replace(context.plan, folds=())))
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "39 positive accounts, 40 needed" in finding.reason


def test_inconclusive_when_nothing_was_held_out(audit):
    context = audit()
    empty = replace(context, forward=context.forward.at([]), plan=replace(context.plan, folds=()))
    assert run(empty).outcome is Outcome.INCONCLUSIVE


def test_an_error_of_the_candidate_is_not_swallowed(audit, monkeypatch):
    def broken(self, *args, **kwargs):
        raise RuntimeError("no such day")

    context = audit()
    monkeypatch.setattr(type(context.candidate), "build", broken)
    with pytest.raises(RuntimeError, match="no such day"):
        run(context)


@pytest.mark.parametrize(
    "odd", [{"shifts_days": []}, {"shifts_days": [14, 7]}, {"rule": "both"}, {"eps_auc": -1.0}]
)
def test_limits_out_of_range_are_refused(odd):
    with pytest.raises(ConfigError, match="shift grid is malformed"):
        ShiftGrid(**odd)
