from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.support.ablatable_toy import AblatableToy
from tests.support.toy_candidate import toy_context

from gosales.core.errors import ConfigError
from gosales.evaluation.fixed_fit import FixedFit
from gosales.evaluation.interval import Interval
from gosales.gauntlet.checks.topk_ablation import TopkAblation
from gosales.gauntlet.finding import Outcome


@pytest.fixture(scope="module")
def clean(star, tmp_path_factory):
    return toy_context(star, AblatableToy(), tmp_path_factory.mktemp("topk"))


def run(context, **limits):
    return TopkAblation(**{"replicates": 200, **limits}).run(context)


def test_warns_of_a_model_that_stands_on_one_column(star, tmp_path):
    finding = run(toy_context(star, AblatableToy("one_column"), tmp_path))
    assert finding.outcome is Outcome.WARN
    assert finding.values["ranked"][0] == "toy__count__target__12m"
    assert finding.values["table"][0]["difference"] < -0.2


def test_the_columns_left_out_are_the_first_by_mean_importance(clean, monkeypatch):
    names, seen = list(clean.training.X.columns), set()
    odd = {f.name for f in clean.plan.folds[::2]}

    def fit(self, panel, fold):
        seen.add(tuple(panel.X.columns))
        # The first fold's favourite is not the favourite of all.
        shares = [4.0, 3.0, 0.0] if fold.name in odd else [0.0, 3.0, 2.0]
        told = dict(zip(names, [*shares, *[0.1] * 3], strict=True))
        held = panel.X[panel.X.columns[0]].iloc[fold.valid]
        score = np.nan_to_num(pd.to_numeric(held, errors="coerce").to_numpy(dtype="float64"))
        return FixedFit(score, {c: told[c] for c in panel.X.columns})

    monkeypatch.setattr(AblatableToy, "fit_fixed", fit)
    finding = run(replace(clean, shared={}), ks=[1, 2])
    assert finding.values["ranked"] == [names[1], names[0]]
    assert seen == {tuple(names), (names[0], *names[2:]), tuple(names[2:])}


@pytest.mark.parametrize(
    ("gap", "outcome"),
    [
        (Interval(-0.10, -0.13, -0.05), Outcome.WARN),
        (Interval(-0.09, -0.10, -0.08), Outcome.PASS),  # too little
        (Interval(-0.20, -0.38, -0.04), Outcome.PASS),  # too uncertain
        (Interval(-0.20, note="insufficient"), Outcome.PASS),
    ],
)
def test_a_heavy_loss_is_large_and_certain(clean, monkeypatch, gap, outcome):
    found = {"auc": gap, "lift_at_10pct": Interval(0.0, -1.0, 1.0)}
    place = "gosales.gauntlet.checks.topk_ablation.paired_difference"
    monkeypatch.setattr(place, lambda *_: found)
    assert run(clean, ks=[1]).outcome is outcome


def test_silent_on_the_clean_twin(clean):
    finding = run(clean, ks=[1, 2])
    assert finding.outcome is Outcome.PASS
    assert {(r["k"], r["split"]) for r in finding.values["table"]} == {
        (1, "cv"), (1, "forward"), (2, "cv"), (2, "forward"),
    }  # fmt: skip
    assert len(finding.values["ranked"]) == 2


def test_does_not_apply_to_a_candidate_with_one_set_of_columns(audit):
    assert run(audit()).outcome is Outcome.NOT_APPLICABLE


def test_does_not_apply_with_few_buyers_or_few_columns(clean):
    few = clean.training.with_labels(np.zeros(len(clean.training)))
    assert run(replace(clean, training=few)).outcome is Outcome.NOT_APPLICABLE
    finding = run(clean, ks=[9])
    assert finding.outcome is Outcome.NOT_APPLICABLE and "more than 9 of 6" in finding.reason


def test_an_error_of_a_fit_is_not_swallowed(clean, monkeypatch):
    def broken(self, panel, fold):
        raise ZeroDivisionError("no fit")

    monkeypatch.setattr(AblatableToy, "fit_fixed", broken)
    with pytest.raises(ZeroDivisionError, match="no fit"):
        run(replace(clean, shared={}))


@pytest.mark.parametrize("ks", [[], [0], [5, 1]])
def test_malformed_numbers_are_refused(ks):
    with pytest.raises(ConfigError, match="leave out are malformed"):
        TopkAblation(ks=ks)
