"""What sets each calibrator apart; what all share is in tests/contracts."""

import numpy as np
import pytest
from scipy.optimize import minimize

from gosales.core.errors import ConfigError
from gosales.models.calibration_rows import CalibrationRows
from gosales.models.calibrators.beta import Beta
from gosales.models.calibrators.intercept import Intercept
from gosales.models.calibrators.isotonic import Isotonic
from gosales.models.calibrators.platt import Platt
from gosales.models.logistic import logit, sigmoid
from gosales.models.logistic_map import LogisticMap
from gosales.models.smoothed_target import smoothed_target


def rows(n=400, seed=0, a=1.0, b=1.0, c=0.0):
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 5, n).clip(1e-4, 1 - 1e-4)
    truth = LogisticMap(a, b, c).predict(p)
    return p, (rng.uniform(size=n) < truth).astype(float)


def loss(theta, p, y, weights):
    """Platt's smoothed log loss as a plain formula."""
    rows_ = CalibrationRows.of(p, y, weights)
    t = smoothed_target(rows_)
    z = theta[0] * np.log(p) - theta[1] * np.log1p(-p) + theta[2]
    return weights @ (np.logaddexp(0, z) - t * z)


def test_beta_finds_the_optimum_of_its_formula():
    p, y = rows(a=0.5, b=2.0, c=-0.3)
    w = np.random.default_rng(1).uniform(0.2, 2, len(p))
    found = Beta().fit(p, y, w)
    best = minimize(loss, [1, 1, 0], args=(p, y, w), bounds=[(0, None), (0, None), (None, None)])
    assert loss([found.a, found.b, found.c], p, y, w) <= best.fun + 1e-6


def test_beta_sets_a_slope_that_would_turn_negative_to_zero():
    p, y = rows(3000, a=0.0, b=3.0)
    found = Beta().fit(p, y, None)
    ones = np.ones(len(p))
    best = minimize(loss, [1, 1, 0], args=(p, y, ones), bounds=[(0, None), (0, None), (None, None)])
    assert min(found.a, found.b) >= 0.0
    assert loss([found.a, found.b, found.c], p, y, ones) <= best.fun + 1e-4


def test_beta_recovers_the_map_that_made_the_data():
    p, y = rows(200_000, a=0.6, b=1.5, c=-0.4)
    found = Beta().fit(p, y, None)
    assert (found.a, found.b, found.c) == pytest.approx((0.6, 1.5, -0.4), abs=0.12)


def test_platt_shares_one_slope_and_undoes_overconfidence():
    p, y = rows(50_000)
    sharp = sigmoid(2 * logit(p) + 1)
    found = Platt().fit(sharp, y, None)
    assert found.a == found.b
    assert found.a == pytest.approx(0.5, abs=0.03)
    assert found.c == pytest.approx(-0.5, abs=0.06)


@pytest.mark.parametrize("kind", [Platt, Beta])
def test_separable_rows_meet_the_smoothed_targets(kind):
    p, y = np.repeat([0.2, 0.8], 4), np.repeat([0.0, 1.0], 4)
    out = kind().fit(p, y, None).predict(np.array([0.2, 0.8]))
    assert out.tolist() == pytest.approx([1 / 6, 5 / 6], abs=1e-6)


def test_platt_makes_worse_than_chance_the_base_rate():
    p, y = rows(2000)
    found = Platt().fit(1 - p, y, None)
    assert found.a == 0.0
    assert np.ptp(found.predict(p)) == 0.0
    assert found.predict(p)[0] == pytest.approx(y.mean(), abs=0.002)


def test_the_intercept_shifts_log_odds_to_the_base_rate():
    p, y = rows(c=0.8)
    found = Intercept().fit(p, y, None)
    assert (found.a, found.b) == (1.0, 1.0)
    assert found.predict(p).mean() == pytest.approx(y.mean(), abs=1e-9)


def test_the_intercept_is_drawn_to_the_pooled_shift_as_information_grows():
    p, y = rows(c=0.8)
    free = Intercept().fit(p, y, None).c
    half = Intercept(pooled_shift=0.0, pooled_information=20.0).fit(p, y, None).c
    all_of_it = Intercept(pooled_shift=-1.0, pooled_information=1e9).fit(p, y, None).c
    assert 0.0 < half < free
    assert all_of_it == pytest.approx(-1.0, abs=1e-5)


@pytest.mark.parametrize("bad", [(np.nan, 0.0), (0.0, -1.0), (0.0, np.inf)])
def test_a_malformed_pool_is_refused(bad):
    with pytest.raises(ConfigError, match="pooled shift is malformed"):
        Intercept(*bad)


def test_isotonic_equals_pool_adjacent_violators_by_hand():
    p = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    y = np.array([0, 1, 0, 0, 1, 1])
    found = Isotonic().fit(p, y, None)
    # 1, 0, 0 pool to a third; the ends keep 1/(6 + 2) from 0 and 1.
    expected = [0.125, 1 / 3, 1 / 3, 1 / 3, 0.875, 0.875]
    assert found.predict(p).tolist() == pytest.approx(expected)


def test_isotonic_is_constant_beyond_its_knots():
    p, y = rows()
    found = Isotonic().fit(p, y, None)
    ends = found.predict(np.array([0.0, p.min(), p.max(), 1.0]))
    assert ends[0] == ends[1]
    assert ends[2] == ends[3]
    assert 0 < ends[0] < ends[3] < 1
