from pathlib import Path

import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.tenure import Tenure

TARGET = members(swx=[("Solidworks", "SWX_Core")])


def test_months_buckets_and_active_months(tmp_path: Path) -> None:
    lines = table("""
        customer_id  order_date  sku       gross_profit
        new          2024-06-30  SWX_Core  1
        young        2024-02-29  SWX_Core  1
        half         2023-12-20  SWX_Core  1
        year         2023-06-01  SWX_Core  1
        year         2024-06-01  SWX_Core  1
        year         2024-06-29  SWX_Core  1
        old          2019-01-01  SWX_Core  1
        old          2024-06-01  SWX_Core  -1
    """)
    got = family_frame(Tenure(), make_star(tmp_path, lines), "2024-06-30", TARGET)
    assert got["bucket ever"].to_dict() == {
        "new": "lt_3m",
        "young": "3m_6m",
        "half": "6m_12m",
        "year": "12m_24m",
        "old": "ge_24m",
    }
    assert got.loc["new", "months_since_first ever"] == 0
    assert got.loc["year", "months_since_first ever"] == pytest.approx(395 / 30.4375)
    # Two lines in June are one active month; a return is none.
    assert got["active_months 24m"].to_dict() == {
        "new": 1,
        "young": 1,
        "half": 1,
        "year": 2,
        "old": 0,
    }


def test_an_edge_belongs_to_the_bucket_above(tmp_path: Path) -> None:
    # 365.25 * 4 days are 48 mean months to the day.
    lines = table("""
        customer_id  order_date  sku       gross_profit
        edge         2020-06-30  SWX_Core  1
        below        2020-07-01  SWX_Core  1
    """)
    family = Tenure(bucket_edges_months=[12, 48])
    got = family_frame(family, make_star(tmp_path, lines), "2024-06-30", TARGET)
    assert got["bucket ever"].to_dict() == {"edge": "ge_48m", "below": "12m_48m"}


@pytest.mark.parametrize("edges", [[], [6, 3], [3, 3], [0, 3]])
def test_malformed_edges_are_refused(edges: list[int]) -> None:
    with pytest.raises(ConfigError, match="buckets of family tenure are malformed"):
        Tenure(bucket_edges_months=edges)


def test_a_malformed_window_is_refused() -> None:
    with pytest.raises(ConfigError, match="windows of family tenure are malformed"):
        Tenure(active_months_window=0)
