from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.support.toy_candidate import FORWARD, TRAINING, ToyCandidate, toy_context

from gosales.gauntlet.checks.reproducibility import Reproducibility
from gosales.gauntlet.checks.shift_grid import ShiftGrid
from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.out_of_fold import out_of_fold


class DrawsOffTheQuarter(ToyCandidate):
    """Its features at days that neither train nor test hold noise without a seed."""

    def build(self, star, cutoffs, *, cached=True):
        panel = super().build(star, cutoffs, cached=cached)
        off = ~panel.rows["cutoff"].isin([str(c) for c in (*TRAINING, FORWARD)]).to_numpy()
        noise = np.random.default_rng().normal(size=len(panel)) * off
        numbers = panel.X.select_dtypes("number").columns[:1]
        return panel.with_features(panel.X.assign(**{c: panel.X[c] + noise for c in numbers}))


def run(context):
    return Reproducibility(max_examples=1000, replicates=100).run(context)


def test_fires_on_a_fit_with_entropy(audit):
    finding = run(audit("random_fit"))
    assert finding.outcome is Outcome.FAIL
    assert "second run" in {d["run"] for d in finding.detail}
    assert any(d["what"].startswith("predictions of fold") for d in finding.detail)


def test_fires_when_the_shipped_model_is_another(audit):
    context = audit()
    other = context.candidate.fit(context.training.take(context.plan.folds[0].train))
    finding = run(replace(context, model=other))
    assert [(d["what"], d["run"]) for d in finding.detail] == [("model", "fresh run")]


def test_fires_when_the_reported_folds_or_panel_are_others(audit):
    context = audit()
    fewer = replace(context.plan, folds=context.plan.folds[1:])
    assert [d["what"] for d in run(replace(context, plan=fewer)).detail] == ["plan"]
    edited = context.training.X.copy()
    edited.iloc[0, 0] += 1e-9
    finding = run(replace(context, training=context.training.with_features(edited)))
    assert [d["what"] for d in finding.detail] == ["panel"]


def test_reported_predictions_are_held_too(audit):
    context = audit()
    oof = out_of_fold(context)
    assert run(replace(context, oof=oof)).outcome is Outcome.PASS
    oof = oof.copy()
    oof[context.plan.folds[2].valid[0]] += 1e-12
    finding = run(replace(context, oof=oof))
    assert [d["what"] for d in finding.detail] == [
        f"predictions of fold {context.plan.folds[2].name}"
    ]


def test_fires_on_a_shift_grid_that_another_run_does_not_give(star, tmp_path):
    finding = run(toy_context(star, DrawsOffTheQuarter(), tmp_path))
    assert finding.outcome is Outcome.FAIL
    assert [(d["what"], d["run"]) for d in finding.detail] == [("shift grid", "second run")]


def test_the_shift_grid_is_that_of_the_check(audit):
    context = audit()
    grid = ShiftGrid(replicates=100).run(context).values["grid_digest"]
    assert run(context).values["shift_grid"] == grid
    assert len(grid) == 64


def test_without_forward_labels_the_grid_of_the_validation_rows_is_repeated(audit):
    context = audit()
    forward = context.forward
    unlabelled = replace(
        context, cutoff=FORWARD.plus_months(12), forward=forward.with_labels(np.nan * forward.y)
    )
    finding = run(unlabelled)
    assert (finding.outcome, len(finding.values["shift_grid"])) == (Outcome.PASS, 64)
    assert ShiftGrid(replicates=100).run(unlabelled).values["splits"] == ["cv"]


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert (finding.outcome, finding.values["differences"]) == (Outcome.PASS, 0)
    assert finding.values["digests"] == 2 * 6 + 4


def test_inconclusive_without_rows(audit):
    context = audit()
    finding = run(replace(context, training=context.training.at([])))
    assert finding.outcome is Outcome.INCONCLUSIVE


def test_a_star_that_is_gone_is_an_error(audit, tmp_path):
    context = audit()
    with pytest.raises(FileNotFoundError, match="nowhere"):
        run(replace(context, star=replace(context.star, path=tmp_path / "nowhere")))
