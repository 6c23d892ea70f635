"""What every estimator must do, over every YAML file of conf/estimator."""

import importlib
import inspect
import json
import pkgutil
from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from tests.support.model_table import SPECS, matrix

import gosales.models.estimators as room
from gosales.core.digests import canonical_json
from gosales.core.errors import DataError, DegenerateError, InternalError
from gosales.models.estimator import Estimator, FittedEstimator
from gosales.models.one_class_estimator import OneClassEstimator
from gosales.models.repeated_fit import repeated_fit
from gosales.pipelines.assembly import make

CONF = Path(__file__).resolve().parents[2] / "conf"


def composed(name):
    # The group alone: a blend is composed of the files beside it.
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return compose(overrides=[f"+estimator={name}"]).estimator


NODES = {p.stem: composed(p.stem) for p in sorted((CONF / "estimator").glob("*.yaml"))}


def build(name):
    return make(NODES[name])


def classes():
    for info in pkgutil.iter_modules(room.__path__, room.__name__ + "."):
        module = importlib.import_module(info.name)
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == info.name and hasattr(kind, "fit"):
                yield kind


@pytest.fixture(params=sorted(NODES))
def estimator(request):
    return build(request.param)


def test_every_class_has_a_yaml_file_and_every_file_a_class():
    named = {node["_target_"] for node in NODES.values()}
    assert named == {f"{k.__module__}.{k.__qualname__}" for k in classes()}


@pytest.mark.parametrize("name", sorted(NODES))
def test_the_keys_of_a_file_are_the_parameters_of_its_class(name):
    node = NODES[name]
    module, _, kind = node["_target_"].rpartition(".")
    parameters = inspect.signature(getattr(importlib.import_module(module), kind)).parameters
    assert set(node) - {"_target_"} == set(parameters)
    assert node["name"] == name


def test_it_keeps_the_interface(estimator):
    X, y = matrix(200)
    fitted = estimator.fit(X, y, None, SPECS, 1)
    assert isinstance(estimator, Estimator)
    assert isinstance(fitted, FittedEstimator)
    p = fitted.predict(X)
    assert p.shape == (200,)
    assert p.dtype == np.float64
    assert ((p > 0) & (p < 1)).all()
    assert set(fitted.importance()) == set(X.columns)
    assert sum(fitted.importance().values()) == pytest.approx(1.0)


def test_it_finds_the_signal(estimator):
    X, y = matrix(1500)
    other, truth = matrix(1500, seed=1)
    p = estimator.fit(X, y, None, SPECS, 1).predict(other)
    gap = p[truth == 1].mean() - p[truth == 0].mean()
    assert gap > 0.05


def test_the_same_seed_gives_the_same_bits(estimator):
    X, y = matrix(500)
    one, two = (estimator.fit(X, y, None, SPECS, 5) for _ in range(2))
    assert canonical_json(one.to_json()) == canonical_json(two.to_json())


def test_a_json_round_trip_changes_no_bit(estimator):
    X, y = matrix(500)
    fitted = estimator.fit(X, y, None, SPECS, 5)
    state = json.loads(canonical_json(fitted.to_json()))
    again = type(fitted).from_json(state)
    assert fitted.predict(X).tobytes() == again.predict(X).tobytes()
    assert fitted.importance() == again.importance()
    assert canonical_json(again.to_json()) == canonical_json(fitted.to_json())


def test_no_row_depends_on_another_row(estimator):
    X, y = matrix(301)
    fitted = estimator.fit(X, y, None, SPECS, 5)
    whole = fitted.predict(X)
    alone = np.concatenate([fitted.predict(X.iloc[[i]]) for i in range(40)])
    assert whole[:40].tobytes() == alone.tobytes()
    assert fitted.predict(X.iloc[:0]).shape == (0,)


def test_further_columns_and_their_order_do_not_matter(estimator):
    X, y = matrix(200)
    fitted = estimator.fit(X, y, None, SPECS, 5)
    shuffled = X.assign(extra=1.0)[["extra", *reversed(X.columns)]]
    assert fitted.predict(X).tobytes() == fitted.predict(shuffled).tobytes()


def test_weights_are_honoured(estimator):
    X, y = matrix(600)
    heavy = estimator.fit(X, y, np.where(y == 1, 10.0, 1.0), SPECS, 5).predict(X).mean()
    plain = estimator.fit(X, y, None, SPECS, 5).predict(X).mean()
    ones = estimator.fit(X, y, np.ones(600), SPECS, 5).predict(X)
    assert heavy > plain + 0.1
    assert np.allclose(ones, estimator.fit(X, y, None, SPECS, 5).predict(X), atol=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_one_class_is_refused_unless_labels_do_not_order(estimator, value):
    X, _ = matrix(50)
    if isinstance(estimator, OneClassEstimator):
        assert np.ptp(estimator.fit(X, np.full(50, value), None, SPECS, 1).predict(X)) > 0.0
        return
    with pytest.raises(DegenerateError, match="one class only") as caught:
        estimator.fit(X, np.full(50, value), None, SPECS, 1)
    assert caught.value.reason_code == "one_class"


def test_a_class_without_weight_counts_as_absent(estimator):
    X, y = matrix(50)
    if isinstance(estimator, OneClassEstimator):
        alone = estimator.fit(X[y == 0], y[y == 0], None, SPECS, 1).predict(X)
        weighed = estimator.fit(X, y, np.where(y == 1, 0.0, 1.0), SPECS, 1).predict(X)
        np.testing.assert_allclose(weighed, alone, rtol=1e-9)
        return
    with pytest.raises(DegenerateError, match="one class only"):
        estimator.fit(X, y, np.where(y == 1, 0.0, 1.0), SPECS, 1)


def test_constant_features_are_refused(estimator):
    X, y = matrix(50)
    X.loc[:, :] = 3.0
    with pytest.raises(DegenerateError, match="no feature varies") as caught:
        estimator.fit(X, y, None, SPECS, 1)
    assert caught.value.reason_code == "constant_features"


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_bad_weights_are_refused(estimator, bad):
    X, y = matrix(50)
    weights = np.ones(50)
    weights[3] = bad
    with pytest.raises(DataError, match="weight is negative, not finite"):
        estimator.fit(X, y, weights, SPECS, 1)


def test_null_labels_are_refused(estimator):
    X, y = matrix(50)
    y[0] = np.nan
    with pytest.raises(InternalError, match="labels do not fit"):
        estimator.fit(X, y, None, SPECS, 1)


def test_infinite_values_are_refused_in_fit_and_predict(estimator):
    X, y = matrix(50)
    fitted = estimator.fit(X, y, None, SPECS, 1)
    X.iloc[0, 0] = np.inf
    with pytest.raises(InternalError, match="infinite"):
        estimator.fit(X, y, None, SPECS, 1)
    with pytest.raises(InternalError, match="infinite"):
        fitted.predict(X)


def test_repeated_fits_equal_single_fits(estimator):
    X, y = matrix(400)
    rng = np.random.default_rng(0)
    labels = [y, rng.permutation(y), rng.permutation(y)]
    weights = rng.uniform(0.5, 2.0, 400)
    many = list(repeated_fit(estimator, X, SPECS, labels, weights, [3, 4, 5]))
    for fitted, target, seed in zip(many, labels, [3, 4, 5], strict=True):
        single = estimator.fit(X, target, weights, SPECS, seed)
        assert canonical_json(fitted.to_json()) == canonical_json(single.to_json())
