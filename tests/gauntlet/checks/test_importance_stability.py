from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.support.ablatable_toy import AblatableToy
from tests.support.toy_candidate import toy_context

from gosales.evaluation.fixed_fit import FixedFit
from gosales.gauntlet.checks.importance_stability import ImportanceStability
from gosales.gauntlet.finding import Outcome


@pytest.fixture
def clean(star, tmp_path):
    return toy_context(star, AblatableToy(), tmp_path)


def script(monkeypatch, shares):
    """Each fit says what the script says of its fold."""

    def fit(self, panel, fold):
        return FixedFit(np.zeros(len(fold.valid)), shares(panel, fold))

    monkeypatch.setattr(AblatableToy, "fit_fixed", fit)


def test_warns_when_each_fold_trusts_another_column(clean, monkeypatch):
    order = {f.name: k for k, f in enumerate(clean.plan.folds)}

    def shares(panel, fold):
        own = order.get(fold.name, 0) % panel.X.shape[1]
        return {c: float(i == own) for i, c in enumerate(panel.X.columns)}

    script(monkeypatch, shares)
    finding = ImportanceStability().run(clean)
    assert finding.outcome is Outcome.WARN
    assert finding.values["least_overlap"] == 0.0


def test_agreement_is_shared_top_columns_over_all_and_correlation_of_ranks(clean, monkeypatch):
    three = replace(clean, plan=replace(clean.plan, folds=clean.plan.folds[:3]))
    told = dict(
        zip(
            (f.name for f in three.plan.folds),
            ([9, 5, 3, 1, 0, 0], [9, 5, 0, 3, 0, 0], [0, 0, 3, 9, 5, 0]),
            strict=True,
        )
    )
    script(
        monkeypatch,
        lambda panel, fold: dict(
            zip(panel.X.columns, map(float, told.get(fold.name, [0] * 6)), strict=True)
        ),
    )
    values = ImportanceStability(top=2).run(three).values
    # {1, 2} and {1, 2}; {1, 2} and {4, 5}, twice: 1, 0 and 0.
    assert values["mean_overlap"] == pytest.approx(1 / 3)
    assert values["least_overlap"] == 0.0
    wide = ImportanceStability(top=3).run(three).values
    # {1, 2, 3} and {1, 2, 4}; {1, 2, 3} and {3, 4, 5}; {1, 2, 4} and {3, 4, 5}: 1/2, 1/5, 1/5.
    assert wide["mean_overlap"] == pytest.approx(0.3)
    ranks = [pd.Series(told[f.name]).rank() for f in three.plan.folds]
    pairs = [np.corrcoef(ranks[i], ranks[j])[0, 1] for i, j in ((0, 1), (0, 2), (1, 2))]
    assert wide["mean_rank_correlation"] == pytest.approx(np.mean(pairs))
    assert ImportanceStability(top=3, warn_overlap=0.31).run(three).outcome is Outcome.WARN


def test_silent_on_the_clean_twin(clean):
    finding = ImportanceStability(top=3).run(clean)
    assert finding.outcome is Outcome.PASS
    assert finding.values["mean_overlap"] > 0.4
    assert finding.values["fits"] == len(clean.plan.folds)
    assert sum(d["mean"] for d in ImportanceStability().run(clean).detail) == pytest.approx(1.0)


def test_does_not_apply_to_one_fold_or_to_a_closed_candidate(clean, audit):
    one = replace(clean, plan=replace(clean.plan, folds=clean.plan.folds[:1]))
    assert ImportanceStability().run(one).outcome is Outcome.NOT_APPLICABLE
    assert ImportanceStability().run(audit()).outcome is Outcome.NOT_APPLICABLE


def test_does_not_apply_when_nothing_matters(clean, monkeypatch):
    script(monkeypatch, lambda panel, fold: dict.fromkeys(panel.X.columns, 0.0))
    finding = ImportanceStability().run(clean)
    assert finding.outcome is Outcome.NOT_APPLICABLE


def test_a_fit_without_importances_is_an_error(clean, monkeypatch):
    script(monkeypatch, lambda panel, fold: None)
    with pytest.raises((TypeError, ValueError, AttributeError), match=r".+"):
        ImportanceStability().run(clean)
