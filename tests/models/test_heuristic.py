"""Equal weights by declared direction; labels decide the mean and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gosales.core.errors import DegenerateError
from gosales.core.timeline import Lookback
from gosales.features.spec import FeatureSpec
from gosales.models.estimators.heuristic import FittedHeuristic, Heuristic
from gosales.models.estimators.logreg import LogReg
from gosales.models.fitted_model import FittedModel
from gosales.models.is_model_backed import is_model_backed
from gosales.models.logistic_map import LogisticMap

UP = FeatureSpec("a", "up", "all", Lookback(months=12), "more is better", monotone=1)
DOWN = FeatureSpec("a", "down", "all", Lookback(months=12), "less is better", monotone=-1)
FREE = FeatureSpec("a", "free", "all", Lookback(months=12), "nobody knows")
SPECS = (UP, DOWN, FREE)


def matrix(n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({s.name: rng.exponential(3.0, n) for s in SPECS})


def fit(y: np.ndarray, X: pd.DataFrame | None = None) -> FittedHeuristic:
    return Heuristic().fit(matrix(len(y)) if X is None else X, y, None, SPECS, 1)


def labels(n_pos: int, n: int = 200) -> np.ndarray:
    return np.repeat([1.0, 0.0], [n_pos, n - n_pos])


def test_the_formula_by_hand() -> None:
    X, y = matrix(), labels(3)
    fitted = fit(y)
    f = np.log1p(X)
    z = (f - f.mean()) / f.std(ddof=0)
    want = (z[UP.name] - z[DOWN.name]) / 2
    p = fitted.predict(X)
    log_odds = np.log(p / (1 - p))
    np.testing.assert_allclose(log_odds - fitted.intercept, want, atol=1e-9)
    assert p.mean() == pytest.approx(3 / 200, abs=1e-9)
    assert fitted.importance() == {UP.name: 0.5, DOWN.name: 0.5, FREE.name: 0.0}


def test_which_accounts_bought_does_not_matter_only_how_many() -> None:
    X, y = matrix(), labels(4)
    assert fit(y, X) == fit(y[::-1].copy(), X)
    more = fit(labels(40), X)
    assert np.array_equal(np.argsort(more.predict(X)), np.argsort(fit(y, X).predict(X)))
    assert more.intercept > fit(y, X).intercept


@pytest.mark.parametrize(("n_pos", "mean"), [(0, 0.5 / 201), (200, 200.5 / 201), (1, 1 / 200)])
def test_half_a_row_stands_in_for_a_class_that_is_absent(n_pos: int, mean: float) -> None:
    X = matrix()
    fitted = fit(labels(n_pos), X)
    assert fitted.predict(X).mean() == pytest.approx(mean, abs=1e-9)
    order = np.argsort(fitted.predict(X), kind="stable")
    assert np.array_equal(order, np.argsort(fit(labels(40), X).predict(X), kind="stable"))


def test_without_a_direction_it_is_a_named_outcome() -> None:
    bare = [replace(s, monotone=0) for s in SPECS]
    with pytest.raises(DegenerateError, match="no column to go by") as caught:
        Heuristic().fit(matrix(), labels(4), None, bare, 1)
    assert caught.value.reason_code == "no_direction"


def test_it_is_no_model_and_a_line_is_one() -> None:
    kept = LogisticMap(1.0, 1.0, 0.0)
    line = LogReg().fit(matrix(), labels(40), None, SPECS, 1)
    assert not is_model_backed(FittedModel(SPECS, (), fit(labels(4)), kept))
    assert is_model_backed(FittedModel(SPECS, (), line, kept))
