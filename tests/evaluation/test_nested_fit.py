"""The calibrator learns from inner out-of-fold rows; the estimator from all rows given."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.small_panel import QUARTERS, small_panel, small_recipe, small_rule

from gosales.core.errors import DegenerateError, InternalError
from gosales.evaluation.fold import FoldPlan
from gosales.evaluation.nested_fit import NestedFit, fit_nested
from gosales.evaluation.purged_grouped import PurgedGroupedSplitter
from gosales.features.panel import Panel


def fitted(panel: Panel, **options: object) -> NestedFit:
    inner = PurgedGroupedSplitter().inner_plan(panel)
    return fit_nested(small_recipe(), small_rule(), panel, 7, inner, **options)


def test_each_inner_prediction_is_by_a_model_of_other_accounts() -> None:
    panel = small_panel(cutoffs=QUARTERS[:1])
    inner = PurgedGroupedSplitter().inner_plan(panel)
    fit = fit_nested(small_recipe(), small_rule(), panel, 7, inner)
    for fold in inner.folds:
        part = panel.take(fold.train)
        _, estimator = small_recipe().fit_raw(part.X, part.y, None, part.specs, 0)
        wanted = estimator.predict(panel.take(fold.valid).X)
        np.testing.assert_allclose(fit.inner_oof[fold.valid], wanted, atol=1e-8)


def test_estimator_is_refitted_on_all_rows() -> None:
    panel = small_panel(cutoffs=QUARTERS[:1])
    _, estimator = small_recipe().fit_raw(panel.X, panel.y, None, panel.specs, 0)
    found = fitted(panel).model.raw(panel.X)
    np.testing.assert_allclose(found, estimator.predict(panel.X), atol=1e-8)


def test_calibrator_is_that_of_the_inner_predictions() -> None:
    panel = small_panel(cutoffs=QUARTERS[:1])
    fit = fitted(panel)
    assert fit.choice.name == "platt"
    rule = small_rule()
    wanted = rule.choose(fit.inner_oof, panel.y, panel.groups, 7).fitted
    p = np.linspace(0.01, 0.99, 9)
    np.testing.assert_allclose(fit.model.calibrator.predict(p), wanted.predict(p), atol=1e-9)


def test_purged_inner_folds_leave_early_rows_out() -> None:
    panel = small_panel()
    held = ~np.isnan(fitted(panel).inner_oof)
    assert set(panel.rows.loc[held, "cutoff"]) == {"2023-12-31"}


def test_case_12_few_positive_accounts_get_an_intercept() -> None:
    panel = small_panel(n=400, cutoffs=QUARTERS[:1], base=-4.5)
    assert 0 < len(set(panel.groups[panel.y == 1])) < 30
    assert fitted(panel).choice.name == "intercept"


def test_identical_twice_and_with_equal_weights() -> None:
    panel = small_panel(n=200)
    a, b = fitted(panel), fitted(panel, weights=np.ones(len(panel)))
    assert np.array_equal(a.model.predict(panel.X), fitted(panel).model.predict(panel.X))
    np.testing.assert_allclose(a.model.predict(panel.X), b.model.predict(panel.X), atol=1e-6)


def test_weights_reach_every_fit() -> None:
    panel = small_panel(n=200)
    weights = np.where(panel.y == 1, 5.0, 1.0)
    a, b = fitted(panel), fitted(panel, weights=weights)
    assert np.nanmean(b.inner_oof) > 1.5 * np.nanmean(a.inner_oof)
    assert b.model.predict(panel.X).mean() > 1.5 * a.model.predict(panel.X).mean()


def test_one_class_is_a_named_outcome() -> None:
    panel = small_panel(n=100)
    inner = PurgedGroupedSplitter().inner_plan(panel)
    with pytest.raises(DegenerateError, match="class") as error:
        fit_nested(small_recipe(), small_rule(), panel.with_labels(np.zeros(400)), 7, inner)
    assert error.value.reason_code == "one_class"


def test_folds_that_hold_nothing_out_are_refused() -> None:
    panel = small_panel(n=100)
    with pytest.raises(InternalError, match="hold no row out"):
        fit_nested(small_recipe(), small_rule(), panel, 7, FoldPlan((), "x", (), {}))
