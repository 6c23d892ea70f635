from pathlib import Path

import pytest
from tests.support.family_frame import family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.features.families.diversity import Diversity

TARGET = members(swx=[("Solidworks", "SWX_Core"), ("Solidworks", "DraftSight")])
LINES = """
    customer_id  order_date  sku         division    gross_profit
    c1           2024-06-01  SWX_Core    Solidworks  1
    c1           2024-06-02  swx_core    SOLIDWORKS  1
    c1           2024-06-03  CAD         Training    1
    c1           2024-01-10  DraftSight  Solidworks  1
    c1           2024-06-09  Artec       Scanning    -1
    c2           2023-10-01  Support     Hardware    1
    c2           2023-10-02  Support     Scanning    1
"""


def test_distinct_products_and_divisions(tmp_path: Path) -> None:
    star = make_star(tmp_path, table(LINES))
    got = family_frame(Diversity(months=[3, 12]), star, "2024-06-30", TARGET)
    # A return is no purchase, and a SKU of two divisions is one SKU.
    assert got["sku_count 3m"].to_dict() == {"c1": 2, "c2": 0}
    assert got["sku_count 12m"].to_dict() == {"c1": 3, "c2": 1}
    assert got["division_count 12m"].to_dict() == {"c1": 2, "c2": 2}


def test_the_target_scope_counts_its_own_skus(tmp_path: Path) -> None:
    star = make_star(tmp_path, table(LINES))
    got = family_frame(Diversity(months=[3, 12]), star, "2024-06-30", TARGET, "swx")
    assert got.loc["c1"].to_dict() == {"sku_count 3m": 1, "sku_count 12m": 2}


def test_malformed_windows_are_refused() -> None:
    with pytest.raises(ConfigError, match="windows of family diversity are malformed"):
        Diversity(months=[-1])
