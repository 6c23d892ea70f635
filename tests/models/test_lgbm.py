import pickle
from pathlib import Path

import numpy as np
import pytest
import yaml
from tests.support.model_table import NAMES, SPECS, matrix

from gosales.core.errors import ConfigError
from gosales.features.transforms.missingness import Missingness
from gosales.features.transforms.winsor import Winsor
from gosales.models.estimators.lgbm import Lgbm
from gosales.models.recipe import Recipe

CONF = Path(__file__).resolve().parents[2] / "conf" / "estimator"


def trees(fitted, key):
    """Values of one line of the text model, per tree."""
    return [
        np.array(line.split("=")[1].split(), dtype=float)
        for line in fitted.lightgbm.splitlines()
        if line.startswith(f"{key}=")
    ]


@pytest.mark.parametrize(("n", "least"), [(200, 5), (1000, 20), (2000, 40), (4000, 40)])
def test_rows_per_leaf_shrink_with_the_training_rows(n, least):
    X, y = matrix(n)
    fitted = Lgbm(n_estimators=20).fit(X, y, None, SPECS, 1)
    smallest = min(float(counts.min()) for counts in trees(fitted, "leaf_count") if len(counts) > 1)
    assert smallest >= least
    assert f"[min_data_in_leaf: {least}]" in fitted.lightgbm


def test_monotone_holds_the_declared_sign_and_only_that():
    X, y = matrix(2000)
    noisy = np.where(np.random.default_rng(0).uniform(size=2000) < 0.3, 1 - y, y)
    fitted = Lgbm(monotone=True).fit(X, noisy, None, SPECS, 1)
    free = Lgbm(monotone=False).fit(X, noisy, None, SPECS, 1)
    grid = X.iloc[:50].loc[np.repeat(np.arange(50), 30)].copy()
    grid[NAMES[2]] = np.tile(np.linspace(0, 1, 30), 50)

    def falls(model):
        return np.diff(model.predict(grid).reshape(50, 30), axis=1).min()

    assert falls(fitted) >= 0.0
    assert falls(free) < 0.0


def test_data_that_run_against_the_sign_are_not_followed():
    X, _ = matrix(3000)
    freshness = X[NAMES[2]].to_numpy()
    # The catalog says that more is better; here it is plainly worse.
    y = (np.random.default_rng(2).uniform(size=3000) > freshness).astype(float)
    grid = X.iloc[:20].loc[np.repeat(np.arange(20), 40)].copy()
    grid[NAMES[2]] = np.tile(np.linspace(0, 1, 40), 20)
    free, held = (
        Lgbm(n_estimators=200, monotone=m).fit(X, y, None, SPECS, 1).predict(grid).reshape(20, 40)
        for m in (False, True)
    )
    assert (free[:, -1] - free[:, 0]).max() < -0.5
    assert np.diff(held, axis=1).min() >= 0.0
    assert (held[:, -1] - held[:, 0]).max() == pytest.approx(0.0)


def test_the_signs_reach_the_trees_behind_the_transforms():
    X, y = matrix(600)
    X.loc[::7, NAMES[3]] = np.nan
    recipe = Recipe(transforms=[Winsor(), Missingness()], estimator=Lgbm(monotone=True))
    _, fitted = recipe.fit_raw(X, y, None, SPECS, 1)
    text = next(x for x in fitted.lightgbm.splitlines() if x.startswith("monotone_constraints="))
    signs = dict(zip(fitted.columns, map(int, text.partition("=")[2].split()), strict=True))
    assert signs == dict(zip(NAMES, (1, 0, 1, 0), strict=True)) | {f"{NAMES[3]}_missing": 0}


def test_the_monotone_file_is_the_plain_one_with_one_flag_set():
    plain, held = (
        yaml.safe_load((CONF / f"{name}.yaml").read_text()) for name in ("lgbm", "lgbm_monotone")
    )
    assert held == plain | {"monotone": True, "name": "lgbm_monotone"}
    assert plain["monotone"] is False


def test_a_nullable_column_gets_no_sign():
    X, y = matrix(400)
    fitted = Lgbm(monotone=True).fit(X, y, None, SPECS, 1)
    signs = next(x for x in fitted.lightgbm.splitlines() if x.startswith("monotone_constraints="))
    assert signs == "monotone_constraints=1 0 1 0"


def test_nulls_are_read_as_nulls():
    X, y = matrix(800)
    X.loc[y == 1, NAMES[3]] = np.nan
    fitted = Lgbm().fit(X, y, None, SPECS, 1)
    assert fitted.importance()[NAMES[3]] > 0.5
    p = fitted.predict(X)
    assert p[y == 1].min() > p[y == 0].max()


def test_column_names_that_trees_cannot_hold_are_no_trouble():
    X, y = matrix(300)
    X.columns = ["a=1,b", "{x}: [y]", "naïve €", "a b\tc"]
    fitted = Lgbm().fit(X, y, None, SPECS, 1)
    assert list(fitted.importance()) == list(X.columns)


def test_a_fitted_model_crosses_process_borders():
    X, y = matrix(300)
    fitted = Lgbm().fit(X, y, None, SPECS, 1)
    before = fitted.predict(X)
    assert pickle.loads(pickle.dumps(fitted)).predict(X).tobytes() == before.tobytes()


def test_the_seed_draws_the_columns():
    X, y = matrix(600)
    one, two = (Lgbm().fit(X, y, None, SPECS, seed).predict(X) for seed in (1, 2))
    assert not np.array_equal(one, two)


def test_labels_are_taken_one_at_a_time():
    X, y = matrix(300)
    taken = []

    def labels():
        for i in range(10):
            taken.append(i)
            yield y

    fits = Lgbm(n_estimators=5).fit_many(X, SPECS, labels(), None, range(10))
    next(fits)
    next(fits)
    assert taken == [0, 1]


def test_every_parameter_out_of_bounds_is_named():
    with pytest.raises(ConfigError, match="n_estimators=0, learning_rate=0, num_leaves=1"):
        Lgbm(n_estimators=0, learning_rate=0, num_leaves=1)
