from pathlib import Path

import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.returns import Returns

TARGET = members(swx=[("Solidworks", "SWX_Core")])


def test_count_and_rate_of_negative_lines(tmp_path: Path) -> None:
    lines = table("""
        customer_id  order_date  sku       division    quantity  gross_profit
        c1           2023-06-30  SWX_Core  Solidworks  -1        -5
        c1           2024-06-01  SWX_Core  Solidworks  2         10
        c1           2024-06-02  SWX_Core  Solidworks  -1        -5
        c1           2024-06-03  CAD       Training    -1        -5
        c1           2024-06-04  CAD       Training    0         -5
        c2           2023-06-01  CAD       Training    2         5
    """)
    star = make_star(tmp_path, lines)
    got = family_frame(Returns(), star, "2024-06-30", TARGET)
    # A line of quantity zero (a correction) is neither bought nor sent back.
    assert got.loc["c1"].tolist() == [2, 2 / 4, 3, 3 / 5]
    own = family_frame(Returns(), star, "2024-06-30", TARGET, "swx")
    assert own.loc["c1"].tolist() == [1, 1 / 2, 2, 2 / 3]
    # No line in twelve months: nothing sent back, and no rate.
    assert got.loc["c2", ["line_count 12m", "line_count 24m", "line_rate 24m"]].tolist() == [0] * 3
    assert got.isna().loc["c2", "line_rate 12m"]


def test_without_quantities_the_money_decides(tmp_path: Path) -> None:
    lines = table("""
        customer_id  order_date  sku       gross_profit  revenue
        by_gp        2024-06-01  SWX_Core  -5            -
        by_revenue   2024-06-01  SWX_Core  -             -5
        bought       2024-06-01  SWX_Core  5             9
        unknown      2024-06-01  SWX_Core  -             -
    """)
    got = family_frame(Returns(), make_star(tmp_path, lines), "2024-06-30", TARGET)
    assert got["line_count 12m"].to_dict() == {
        "by_gp": 1, "by_revenue": 1, "bought": 0, "unknown": 0
    }  # fmt: skip


def test_malformed_windows_are_refused() -> None:
    with pytest.raises(ConfigError, match="windows of family returns are malformed"):
        Returns(months=[])
