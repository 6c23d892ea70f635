"""What every calibrator must do, over every YAML file of conf/calibration/candidate."""

import importlib
import inspect
import json
import pkgutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate

import gosales.models.calibrators as room
from gosales.core.digests import canonical_json
from gosales.core.errors import DataError, DegenerateError, InternalError
from gosales.models.calibration_rows import CalibrationRows
from gosales.models.calibration_rule import CalibrationRule
from gosales.models.calibrator import Calibrator, FittedCalibrator

CONF = Path(__file__).resolve().parents[2] / "conf" / "calibration"
NODES = {p.stem: yaml.safe_load(p.read_text()) for p in sorted((CONF / "candidate").glob("*.yaml"))}
GRID = np.concatenate([[0.0], np.linspace(1e-6, 1 - 1e-6, 501), [1.0]])


def kind_of(node):
    module, _, name = node["_target_"].rpartition(".")
    return getattr(importlib.import_module(module), name)


@pytest.fixture(params=sorted(NODES))
def calibrator(request):
    node = NODES[request.param]
    return kind_of(node)(**{k: v for k, v in node.items() if k != "_target_"})


def rows(n=2000, seed=0):
    """Over-confident raw probabilities of a true logistic model."""
    rng = np.random.default_rng(seed)
    z = rng.normal(-2, 1, n)
    y = (rng.uniform(size=n) < 1 / (1 + np.exp(-z))).astype(float)
    return 1 / (1 + np.exp(-(2 * z + 3))), y


def test_every_class_has_a_yaml_file_and_every_file_a_class():
    found = set()
    for info in pkgutil.iter_modules(room.__path__, room.__name__ + "."):
        module = importlib.import_module(info.name)
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == info.name and hasattr(kind, "fit"):
                found.add(kind)
    assert found == {kind_of(node) for node in NODES.values()}


@pytest.mark.parametrize("name", sorted(NODES))
def test_the_keys_of_a_file_are_the_parameters_of_its_class(name):
    kind = kind_of(NODES[name])
    assert set(NODES[name]) - {"_target_"} == set(inspect.signature(kind).parameters)
    assert kind.name == name


@pytest.mark.parametrize("name", sorted(p.stem for p in CONF.glob("*.yaml")))
def test_every_choice_of_the_group_composes_into_a_rule(name):
    with initialize_config_dir(str(CONF.parent), version_base=None):
        cfg = compose(overrides=[f"+calibration={name}"])
    rule = instantiate(cfg.calibration, _convert_="all")
    assert isinstance(rule, CalibrationRule)
    assert rule.force == (None if name == "by_positives" else name)
    assert set(rule.candidates) == set(NODES)
    assert set(cfg.calibration) - {"_target_"} == set(inspect.signature(CalibrationRule).parameters)


def test_it_keeps_the_interface(calibrator):
    p, y = rows()
    fitted = calibrator.fit(p, y, None)
    assert isinstance(calibrator, Calibrator)
    assert isinstance(fitted, FittedCalibrator)
    out = fitted.predict(GRID)
    assert out.shape == GRID.shape
    assert ((out >= 0) & (out <= 1)).all()


def test_the_map_never_turns_the_order_round(calibrator):
    p, y = rows()
    for labels in (y, 1 - y):
        out = calibrator.fit(p, labels, None).predict(GRID)
        assert (np.diff(out) >= 0).all()


def test_the_mean_meets_the_base_rate(calibrator):
    p, y = rows()
    if getattr(calibrator, "pooled_information", 0.0):
        calibrator = replace(calibrator, pooled_information=0.0)
    out = calibrator.fit(p, y, None).predict(p)
    if calibrator.name == "none":
        assert out.tobytes() == p.tobytes()
    else:
        assert out.mean() == pytest.approx(y.mean(), abs=2e-3)


def test_a_pool_draws_the_shift_towards_its_own(calibrator):
    p, y = rows()
    if not getattr(calibrator, "pooled_information", 0.0):
        pytest.skip(f"{calibrator.name} has no pool")
    alone = replace(calibrator, pooled_information=0.0).fit(p, y, None).c
    low, high = sorted((alone, calibrator.pooled_shift))
    assert low < calibrator.fit(p, y, None).c < high


def test_it_is_better_than_raw_on_fresh_rows(calibrator):
    p, y = rows()
    fresh, truth = rows(seed=1)
    fitted = calibrator.fit(p, y, None)
    scored = CalibrationRows.of(fresh, truth, None)
    better = scored.log_loss(fitted.predict(fresh)) < scored.log_loss(fresh) - 0.01
    assert better or calibrator.name == "none"


def test_the_same_rows_give_the_same_bits_in_any_order(calibrator):
    p, y = rows(300)
    order = np.random.default_rng(1).permutation(300)
    one = calibrator.fit(p, y, None)
    assert canonical_json(one.to_json()) == canonical_json(calibrator.fit(p, y, None).to_json())
    other = calibrator.fit(p[order], y[order], None)
    assert np.allclose(one.predict(GRID), other.predict(GRID), atol=1e-9)


def test_a_json_round_trip_changes_no_bit(calibrator):
    p, y = rows(300)
    fitted = calibrator.fit(p, y, None)
    again = type(fitted).from_json(json.loads(canonical_json(fitted.to_json())))
    assert fitted.predict(GRID).tobytes() == again.predict(GRID).tobytes()


def test_a_weight_is_a_count(calibrator):
    p, y = rows(300)
    times = np.random.default_rng(2).integers(0, 4, 300)
    weighted = calibrator.fit(p, y, times.astype(float))
    repeated = calibrator.fit(np.repeat(p, times), np.repeat(y, times), None)
    assert np.allclose(weighted.predict(GRID), repeated.predict(GRID), atol=1e-6)


def test_separable_rows_stay_finite(calibrator):
    p = np.array([0.1, 0.2, 0.8, 0.9])
    out = calibrator.fit(p, np.array([0, 0, 1, 1]), None).predict(p)
    assert ((out > 0) & (out < 1)).all()


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_one_class_is_refused_by_all_but_none(calibrator, value):
    if calibrator.name == "none":
        assert calibrator.fit(np.array([0.5]), np.array([value]), None).predict(GRID[:1]) == 0.0
        return
    with pytest.raises(DegenerateError, match="both classes"):
        calibrator.fit(np.linspace(0.1, 0.9, 9), np.full(9, value), None)


def test_bad_rows_are_refused(calibrator):
    if calibrator.name == "none":
        pytest.skip("nothing is read")
    p, y = rows(50)
    with pytest.raises(DataError, match="negative or not finite"):
        calibrator.fit(p, y, np.full(50, -1.0))
    with pytest.raises(InternalError, match="1 values null or outside"):
        calibrator.fit(np.where(np.arange(50) == 3, np.nan, p), y, None)
