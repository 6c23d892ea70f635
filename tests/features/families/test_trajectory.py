from pathlib import Path

import pandas as pd
import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.trajectory import Trajectory
from gosales.features.safe import SafePolicy

TARGET = members(swx=[("Solidworks", "SWX_Core")])


def monthly(customer: str, values: list[float], last: str = "2024-06-15") -> pd.DataFrame:
    """One line a month, the last value latest."""
    months = range(len(values) - 1, -1, -1)
    days = [pd.Timestamp(last) - pd.DateOffset(months=m) for m in months]
    frame = pd.DataFrame({"customer_id": customer, "order_date": days, "gross_profit": values})
    return frame.assign(sku="SWX_Core", quantity=1)[frame["gross_profit"] != 0]


def test_slope_and_swing_of_known_lines(tmp_path: Path) -> None:
    lines = pd.concat([
        monthly("rising", [10.0 * m for m in range(1, 13)]),
        monthly("steady", [33.33] * 12),
        monthly("new", [0.0] * 11 + [12.0]),
    ])  # fmt: skip
    got = family_frame(Trajectory(), make_star(tmp_path, lines), "2024-06-30", TARGET)
    assert got["gp_sum_slope 12m"].to_dict() == {
        "rising": pytest.approx(10.0),
        "steady": 0,
        "new": pytest.approx(12 * 5.5 / 143),  # months without a line are zeros
    }
    # Equal months do not swing at all, not even by rounding.
    assert got.loc["steady", ["gp_sum_sd 12m", "tx_count_sd 12m"]].tolist() == [0, 0]
    assert got.loc["rising", "gp_sum_sd 12m"] == pytest.approx((10**2 * 143 / 12) ** 0.5)
    assert got.loc["new", "tx_count_sd 12m"] == pytest.approx((11 / 144) ** 0.5)


def test_large_amounts_keep_every_digit(tmp_path: Path) -> None:
    values = [8e11 + 0.25 * m for m in range(12)]
    star = make_star(tmp_path, pd.concat([monthly("big", values), monthly("flat", [8e11] * 12)]))
    got = family_frame(Trajectory(), star, "2024-06-30", TARGET)
    assert got.loc["big", "gp_sum_slope 12m"] == pytest.approx(0.25, rel=1e-12)
    assert got.loc["big", "gp_sum_sd 12m"] == pytest.approx(0.25 * (143 / 12) ** 0.5, rel=1e-12)
    assert got.loc["flat", ["gp_sum_slope 12m", "gp_sum_sd 12m"]].tolist() == [0, 0]


def test_months_are_steps_back_from_the_cutoff(tmp_path: Path) -> None:
    # At cutoff 2024-06-15, two months are (04-15, 05-15] and (05-15, 06-15].
    lines = table("""
        customer_id  order_date  sku       gross_profit
        out          2024-04-15  SWX_Core  8
        first        2024-04-16  SWX_Core  8
        first        2024-05-15  SWX_Core  8
        second       2024-05-16  SWX_Core  8
        second       2024-06-15  SWX_Core  8
    """)
    got = family_frame(Trajectory(months=2), make_star(tmp_path, lines), "2024-06-15", TARGET)
    assert got["gp_sum_slope 2m"].to_dict() == {"out": 0, "first": -16, "second": 16}
    assert got["tx_count_slope 2m"].to_dict() == {"out": 0, "first": -2, "second": 2}


def test_the_lagged_twin_and_the_target(tmp_path: Path) -> None:
    # As of 2024-05-31, the months are (03-31, 04-30] and (04-30, 05-31].
    lines = table("""
        customer_id  order_date  known_date  sku       division    gross_profit
        c1           2024-04-30  2024-04-30  SWX_Core  Solidworks  8
        c1           2024-05-01  2024-05-01  CAD       Training    9
        c1           2024-05-31  2024-06-01  SWX_Core  Solidworks  99
        c1           2024-06-01  2024-06-01  SWX_Core  Solidworks  99
    """)
    star = make_star(tmp_path, lines)
    got = family_frame(Trajectory(months=2), star, "2024-06-30", TARGET)
    assert got.loc["c1", "gp_sum_slope 2m_lag30d"] == 1
    own = family_frame(Trajectory(months=2), star, "2024-06-30", TARGET, "swx")
    assert own.loc["c1", "gp_sum_slope 2m_lag30d"] == -8


def test_safe_drops_it_and_keeps_the_lagged_twins() -> None:
    kept = SafePolicy("on").kept(Trajectory().specs())
    assert [s.lookback.token for s in kept] == ["12m_lag30d"] * 8


@pytest.mark.parametrize("bad", [{"months": 1}, {"months": 100}, {"lag_days": 0}])
def test_malformed_parameters_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="trajectory family is malformed"):
        Trajectory(**bad)
