"""The base rate's interval: Wilson's, on as many rows as accounts are worth."""

import numpy as np
import pytest
from scipy.stats import binomtest

from gosales.labels.base_rate import BaseRate


@pytest.mark.parametrize(("positive", "n"), [(1, 40), (7, 200), (60, 90), (0, 25), (25, 25)])
def test_single_accounts_get_wilsons_interval(positive: int, n: int) -> None:
    y = np.arange(n) < positive
    rate = BaseRate.of(y.astype(float), np.arange(n))
    want = binomtest(positive, n).proportion_ci(method="wilson")
    assert rate.value == positive / n
    np.testing.assert_allclose([rate.lo, rate.hi], [want.low, want.high], rtol=1e-9, atol=1e-12)


def test_rows_of_one_account_are_not_independent() -> None:
    y = np.tile([1.0, 0.0, 0.0, 0.0], 25)
    alone = BaseRate.of(y, np.arange(100))
    # Twenty-five accounts of four rows that agree are worth twenty-five rows.
    agreeing = BaseRate.of(np.sort(y), np.arange(100) // 4)
    assert agreeing.value == alone.value == 0.25
    assert agreeing.hi - agreeing.lo == pytest.approx(2 * (alone.hi - alone.lo), rel=0.1)
    # Rows that differ within every account never make the interval narrower than rows alone do.
    spread = BaseRate.of(y, np.arange(100) // 4)
    assert spread.hi - spread.lo == pytest.approx(alone.hi - alone.lo, rel=0.02)


def test_it_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        account = np.repeat(np.arange(150), 3)
        taste = rng.beta(0.5, 4.5, 150)[account]
        rate = BaseRate.of((rng.random(450) < taste).astype(float), account)
        held += rate.lo <= 0.1 <= rate.hi
    assert 0.92 <= held / 400 <= 0.98


def test_censored_rows_are_left_out_and_none_is_no_rate() -> None:
    some = BaseRate.of(np.array([1.0, 0.0, np.nan]), np.arange(3))
    assert some.value == 0.5
    assert np.isnan(BaseRate.of(np.array([np.nan]), np.arange(1)).lo)
