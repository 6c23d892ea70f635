import numpy as np
import pandas as pd
import pytest

from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.features.spec import FeatureSpec
from gosales.features.transforms.winsor import Winsor

MONEY = FeatureSpec("rfm", "gp_sum", "all", Lookback(months=12), "money", money=True)
COUNT = FeatureSpec("rfm", "tx_count", "all", Lookback(months=12), "orders")
SPECS = [MONEY, COUNT]


def frame(values: list[float]) -> pd.DataFrame:
    return pd.DataFrame({MONEY.name: values, COUNT.name: values})


def test_money_is_capped_at_the_quantile_and_counts_are_not() -> None:
    train = frame([float(v) for v in range(1, 101)])
    fitted = Winsor(p=0.99, min_count=1).fit(train, SPECS)
    # numpy's linear quantile of 1..100 at 0.99
    got = fitted.apply(frame([-5.0, 50.0, 1e6, np.nan]))
    assert got[MONEY.name].to_list()[:3] == [0.0, 50.0, pytest.approx(99.01)]
    assert np.isnan(got[MONEY.name][3])
    assert got[COUNT.name].to_list()[:3] == [-5.0, 50.0, 1e6]


def test_zeros_do_not_count_so_that_a_rare_division_keeps_its_signal() -> None:
    train = frame([0.0] * 9_900 + [float(v) for v in range(1, 101)])
    fitted = Winsor().fit(train, SPECS)
    assert fitted.apply(frame([50.0]))[MONEY.name].to_list() == [50.0]
    assert fitted.apply(frame([0.0]))[MONEY.name].to_list() == [0.0]


def test_large_returns_are_capped_from_below() -> None:
    train = frame([-1000.0] + [-1.0] * 300 + [1.0] * 300)
    got = Winsor().fit(train, SPECS).apply(frame([-1000.0, 0.0]))
    assert got[MONEY.name].to_list() == [-1.0, 0.0]


def test_too_few_values_give_no_cap() -> None:
    fitted = Winsor(min_count=3).fit(frame([0.0, 1.0, 2.0, np.nan, np.inf]), SPECS)
    assert fitted.apply(frame([9e9]))[MONEY.name].to_list() == [9e9]


@pytest.mark.parametrize("bad", [{"p": 0.5}, {"p": 1.01}, {"p": float("nan")}, {"min_count": 0}])
def test_malformed_parameters_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="winsor transform is malformed"):
        Winsor(**bad)  # type: ignore[arg-type]
