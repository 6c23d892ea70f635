"""What every transform must do, over every YAML file of conf/features/transform."""

import importlib
import inspect
import json
import pkgutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import gosales.features.transforms as room
from gosales.core.digests import canonical_json
from gosales.core.timeline import Lookback
from gosales.features.spec import FeatureSpec
from gosales.features.transform import FittedTransform, Transform
from gosales.models.part_state import part_state, restored_part

CONF = Path(__file__).resolve().parents[2] / "conf" / "features" / "transform"
NODES = {p.stem: yaml.safe_load(p.read_text()) for p in sorted(CONF.glob("*.yaml"))}
YEAR = Lookback(months=12)
SPECS = (
    FeatureSpec("rfm", "tx_count", "all", YEAR, "orders"),
    FeatureSpec("rfm", "gp_sum", "all", YEAR, "money", money=True),
    FeatureSpec("rfm", "gp_mean", "all", YEAR, "mean", money=True, nullable=True),
    FeatureSpec("profile", "region", "all", None, "region", dtype="category", nullable=True),
    FeatureSpec("tenure", "bucket", "all", YEAR, "bucket", dtype="category", nullable=True),
)


def kind_of(node):
    module, _, kind = node["_target_"].rpartition(".")
    return getattr(importlib.import_module(module), kind)


def build(name):
    node = {k: v for k, v in NODES[name].items() if k != "_target_"}
    # The one interpolation of the group; composition resolves it.
    node = {k: v if v != "${features.centralized_fill_enable}" else True for k, v in node.items()}
    return kind_of(NODES[name])(**node)


def raw(n=200, seed=0):
    rng = np.random.default_rng(seed)
    mean = rng.lognormal(3, 2, n)
    mean[rng.random(n) < 0.3] = np.nan
    region = rng.choice(["north", "south", "Ü", "rare1"], n, p=[0.5, 0.3, 0.19, 0.01])
    region = pd.array(np.where(rng.random(n) < 0.1, None, region), dtype="str")
    columns = [rng.poisson(2, n).astype(float), rng.lognormal(3, 2, n) - 5, mean, region,
               pd.array(rng.choice(["lt_3m", "ge_24m"], n), dtype="str")]  # fmt: skip
    return pd.DataFrame(dict(zip([s.name for s in SPECS], columns, strict=True)))


@pytest.fixture(params=sorted(NODES))
def transform(request):
    return build(request.param)


def test_every_class_has_a_yaml_file_and_every_file_a_class():
    found = set()
    for info in pkgutil.iter_modules(room.__path__, room.__name__ + "."):
        module = importlib.import_module(info.name)
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == info.name and hasattr(kind, "fit"):
                found.add(f"{kind.__module__}.{kind.__qualname__}")
    assert {node["_target_"] for node in NODES.values()} == found


@pytest.mark.parametrize("name", sorted(NODES))
def test_the_keys_of_a_file_are_the_parameters_of_its_class(name):
    parameters = inspect.signature(kind_of(NODES[name])).parameters
    assert set(NODES[name]) - {"_target_"} == set(parameters)
    assert build(name).name == name


def test_it_keeps_the_interface(transform):
    fitted = transform.fit(raw(), SPECS)
    assert isinstance(transform, Transform)
    assert isinstance(fitted, FittedTransform)
    assert len(fitted.apply(raw(50, 1))) == 50


def test_no_row_depends_on_another(transform):
    fitted = transform.fit(raw(), SPECS)
    X = raw(40, 1)
    whole = fitted.apply(X)
    for i in (0, 7, 39):
        one = fitted.apply(X.iloc[[i]])
        pd.testing.assert_frame_equal(one, whole.iloc[[i]])
    assert list(fitted.apply(X.iloc[:0]).columns) == list(whole.columns)


def test_the_input_is_left_alone(transform):
    X = raw()
    before = X.copy(deep=True)
    transform.fit(X, SPECS).apply(X)
    pd.testing.assert_frame_equal(X, before)


def test_a_stored_one_gives_the_same_bits(transform):
    fitted = transform.fit(raw(), SPECS)
    text = canonical_json(part_state(fitted))
    back = restored_part(json.loads(text))
    assert canonical_json(part_state(back)) == text
    one, two = fitted.apply(raw(50, 1)), back.apply(raw(50, 1))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_columns_that_safe_dropped_are_not_asked_for(transform):
    X = raw()[[SPECS[0].name, SPECS[2].name]]
    assert len(transform.fit(X, SPECS).apply(X)) == len(X)


def test_the_composed_order_ends_in_a_numeric_matrix_without_nulls():
    X = raw()
    for name in ("winsor", "vocabulary", "missingness"):
        X = build(name).fit(X, SPECS).apply(X)
    assert set(X.dtypes.astype(str)) == {"float64"}
    assert np.isfinite(X.to_numpy()).all()
    assert X.columns.is_unique
