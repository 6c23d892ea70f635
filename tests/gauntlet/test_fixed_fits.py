from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.support.ablatable_toy import NEAR, AblatableToy
from tests.support.toy_candidate import toy_context

from gosales.gauntlet.fixed_fits import CV, FORWARD, FixedFits


@pytest.fixture
def context(star, tmp_path):
    return toy_context(star, AblatableToy(), tmp_path)


@pytest.fixture
def fitted(monkeypatch):
    """Every fit that was made: its fold and its columns."""
    made = []
    true = AblatableToy.fit_fixed

    def noted(self, panel, fold):
        made.append((fold, tuple(panel.X.columns), len(panel)))
        return true(self, panel, fold)

    monkeypatch.setattr(AblatableToy, "fit_fixed", noted)
    return made


def test_fits_are_those_of_the_reported_folds_and_one_for_the_forward_rows(context, fitted):
    FixedFits.of(context).columns([NEAR.name])
    n = len(context.training)
    folds = {f.name: f for f, _, _ in fitted}
    assert list(folds) == [*(f.name for f in context.plan.folds), FORWARD]
    for fold in context.plan.folds:
        assert np.array_equal(folds[fold.name].train, fold.train)
        assert np.array_equal(folds[fold.name].valid, fold.valid)
    assert np.array_equal(folds[FORWARD].train, np.arange(n))
    assert folds[FORWARD].valid.min() == n


def test_a_set_of_columns_is_fitted_once_for_all_checks(context, fitted):
    first = FixedFits.of(context).columns([NEAR.name])
    again = FixedFits.of(replace(context, workdir=context.workdir / "other")).columns({NEAR.name})
    assert again is first
    assert len(fitted) == len(context.plan.folds) + 1


def test_another_panel_is_fitted_anew(context, fitted):
    FixedFits.of(context).columns([NEAR.name])
    other = replace(context, training=context.training.take(np.arange(len(context.training))))
    FixedFits.of(other).columns([NEAR.name])
    assert len(fitted) == 2 * (len(context.plan.folds) + 1)


def test_the_order_of_the_rows_with_every_column_does_not_matter(context, monkeypatch):
    wanted = FixedFits.of(context).columns([NEAR.name]).scores
    true = AblatableToy.build_every_column

    def shuffled(self, star, cutoffs):
        panel = true(self, star, cutoffs)
        return panel.take(np.random.default_rng(0).permutation(len(panel)))

    monkeypatch.setattr(AblatableToy, "build_every_column", shuffled)
    found = FixedFits.of(replace(context, shared={})).columns([NEAR.name]).scores
    for split in (CV, FORWARD):
        assert np.array_equal(found[split], wanted[split])


def test_without_forward_labels_there_is_no_forward_fit(context, fitted):
    blank = context.forward.with_labels(np.full(len(context.forward), np.nan))
    fits = FixedFits.of(replace(context, forward=blank))
    assert set(fits.columns(fits.own).scores) == set(fits.rows) == {CV}
    assert len(fitted) == len(context.plan.folds)


def test_a_closed_candidate_has_none(audit):
    assert FixedFits.of(audit()) is None
