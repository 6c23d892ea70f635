from dataclasses import dataclass

import numpy as np
from tests.support.model_table import NAMES, SPECS, matrix

from gosales.models.estimators.lgbm import Lgbm
from gosales.models.estimators.logreg import LogReg
from gosales.models.recipe import Recipe


@dataclass
class Shift:
    """Subtracts the training mean of the first column; notes what it was shown."""

    name: str = "shift"
    mean: float = 0.0
    seen: int = 0

    def fit(self, X, specs):
        return Shift(mean=float(X[NAMES[0]].mean()), seen=len(X))

    def apply(self, X):
        return X.assign(**{NAMES[0]: X[NAMES[0]] - self.mean})


def test_each_transform_learns_from_the_output_of_the_one_before():
    X, y = matrix(300)
    fitted, _ = Recipe([Shift(), Shift()], LogReg()).fit_raw(X, y, None, SPECS, 1)
    assert fitted[0].mean == X[NAMES[0]].mean()
    assert abs(fitted[1].mean) < 1e-12
    assert [t.seen for t in fitted] == [300, 300]


def test_the_estimator_is_fitted_on_the_transformed_matrix():
    X, y = matrix(300)
    recipe = Recipe([Shift()], LogReg(signed_log=False))
    fitted, estimator = recipe.fit_raw(X, y, None, SPECS, 1)
    prepared, ready = recipe.prepare(X, SPECS)
    assert prepared == fitted
    assert abs(estimator.center[0]) < 1e-12
    assert estimator.predict(ready).tobytes() == estimator.predict(fitted[0].apply(X)).tobytes()


def test_a_fit_leaves_recipe_and_input_as_they_were():
    X, y = matrix(300)
    before = X.copy()
    recipe = Recipe([Shift()], Lgbm())
    one = recipe.fit_raw(X, y, None, SPECS, 1)[1].to_json()
    assert X.equals(before)
    assert recipe.transforms[0].mean == 0.0
    assert recipe.fit_raw(X, y, None, SPECS, 1)[1].to_json() == one


def test_weights_and_seed_reach_the_estimator():
    X, y = matrix(300)
    recipe = Recipe([], Lgbm())
    plain = recipe.fit_raw(X, y, None, SPECS, 1)[1].predict(X)
    assert not np.array_equal(plain, recipe.fit_raw(X, y, None, SPECS, 2)[1].predict(X))
    assert not np.array_equal(plain, recipe.fit_raw(X, y, 1 + y, SPECS, 1)[1].predict(X))
