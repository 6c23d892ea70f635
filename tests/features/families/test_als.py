from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.support.family_frame import family_blocks, family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.data.star import Star
from gosales.features.families.als import Als

TARGET = members(training=[("Training", "CAD")])
CUTOFF = "2024-06-30"
SMALL = Als(factors=2)


def block(star: Star, target: str | None = "training", family: Als = SMALL) -> pd.DataFrame:
    return family_frame(family, star, CUTOFF, TARGET, target)


def two_kinds() -> pd.DataFrame:
    """Ten accounts buy A, B and mostly CAD; ten buy X and Y and never CAD; two of each are new."""
    rows = []
    for i in range(10):
        kind = (["A", "B", "CAD"] if i < 8 else ["A", "B"], ["X", "Y"])
        for prefix, skus in zip(("left", "right"), kind, strict=True):
            rows += [(f"{prefix}{i}", "2024-01-05", sku, 1 + i % 3) for sku in skus]
    frame = pd.DataFrame(rows, columns=["customer_id", "order_date", "sku", "quantity"])
    division = np.where(frame["sku"] == "CAD", "Training", "Solidworks")
    return frame.assign(division=division, gross_profit=1.0)


def test_whoever_buys_like_owners_lies_near_them(tmp_path: Path) -> None:
    got = block(make_star(tmp_path, two_kinds()))
    left, right = got.loc[["left8", "left9"]], got.loc[["right8", "right9"]]
    for measure in ("preference 24m", "similarity 24m"):
        assert left[measure].min() > right[measure].max() + 0.3
    # Preference of owners is that for what they bought.
    assert got.loc["left0", "preference 24m"] == pytest.approx(1.0, abs=0.1)


def test_an_owner_is_not_near_because_of_itself(tmp_path: Path) -> None:
    lines = two_kinds()
    only = lines[(lines["sku"] != "CAD") | (lines["customer_id"] == "left0")]
    got = block(make_star(tmp_path, only))
    # Its own vector is the whole centroid of everybody else, and none of its own.
    assert got["similarity 24m"].isna().tolist() == (got.index == "left0").tolist()


def test_lines_outside_the_window_and_full_returns_give_no_vector(tmp_path: Path) -> None:
    extra = table("""
        customer_id  order_date  sku  quantity  division    gross_profit
        old          2022-06-30  A    1         Solidworks  1
        edge         2022-07-01  A    1         Solidworks  1
        back         2024-01-05  A    2         Solidworks  1
        back         2024-02-05  A    -2        Solidworks  -1
        fresh        2024-06-01  A    1         Solidworks  1
        counted      2024-01-05  A    -         Solidworks  1
        counted_out  2024-01-05  A    -         Solidworks  1
        counted_out  2024-01-06  A    -         Solidworks  -1
    """)
    got = block(make_star(tmp_path, pd.concat([two_kinds(), extra])), target=None)
    flags = got[["has_vector 24m", "has_vector 24m_lag30d"]].astype(int).agg(tuple, axis=1)
    assert flags["edge"] == flags["counted"] == flags["left0"] == (1, 1)
    assert flags["fresh"] == (1, 0)
    assert "back" not in flags
    assert "counted_out" not in flags
    # The lagged window reaches further back, though not so far.
    assert flags["old"] == (0, 1)


def test_quantities_weigh_by_their_logarithm_or_as_they_are(tmp_path: Path) -> None:
    star = make_star(tmp_path, two_kinds())
    ones = make_star(tmp_path / "ones", two_kinds().assign(quantity=np.e - 1))
    log, raw = block(star), block(star, family=Als(factors=2, quantities="raw"))
    assert (log != raw).any(axis=None)
    # ln(1 + (e - 1)) = 1: whole and logarithm agree on quantity 1.
    as_one = make_star(tmp_path / "one", two_kinds().assign(quantity=1))
    pd.testing.assert_frame_equal(
        block(ones)[["preference 24m"]],
        block(as_one, family=Als(factors=2, quantities="raw"))[["preference 24m"]],
        atol=1e-3,
    )


ASSETS = """
    customer_id  sku  rollup    purchase_date  quantity
    left0        cad  seats     2010-01-01     2
    left1        B    seats     2010-01-01     -
    left2        B    machines  2024-06-20     1
    right0       X    machines  2010-01-01     1
    cold         B    seats     2010-01-01     1
    late         B    seats     2024-06-20     1
    nameless     -    -         2010-01-01     1
"""


def test_assets_have_vectors_of_their_own_whenever_they_were_bought(tmp_path: Path) -> None:
    star = make_star(tmp_path, two_kinds(), assets=table(ASSETS))
    flags = block(star, target=None)
    ever, lagged = flags["asset_has_vector ever"], flags["asset_has_vector ever_lag30d"]
    assert set(ever[ever > 0].index) == {"left0", "left1", "left2", "right0", "cold", "late"}
    assert set(lagged[lagged > 0].index) == {"left0", "left1", "right0", "cold"}
    assert flags.loc["cold", "has_vector 24m"] == 0
    got = block(star)
    # SKU cad, in whatever case, lies in the rollup seats: that is the target's. Owners are those
    # who bought it, so that a target without assets has neighbours too.
    assert got.loc["cold", "asset_preference ever"] > got.loc["right0", "asset_preference ever"]
    assert got.loc["cold", "asset_similarity ever"] > got.loc["right0", "asset_similarity ever"]
    assert got.loc["right9", "asset_similarity ever"] != got.loc["right9", "asset_similarity ever"]


def test_a_target_without_assets_has_asset_neighbours_but_no_preference(tmp_path: Path) -> None:
    assets = table(ASSETS.replace("cad", "A"))
    got = block(make_star(tmp_path, two_kinds(), assets=assets))
    assert got["asset_preference ever"].isna().all()
    assert got.loc["cold", "asset_similarity ever"] > got.loc["right0", "asset_similarity ever"]


def test_a_sku_sold_since_the_lag_names_no_rollup_of_the_lagged_twin(tmp_path: Path) -> None:
    lines = two_kinds()
    lines.loc[lines["sku"] == "CAD", "order_date"] = "2024-06-20"
    got = block(make_star(tmp_path, lines, assets=table(ASSETS)))
    assert got["asset_preference ever"].notna().any()
    assert got["asset_preference ever_lag30d"].isna().all()


def test_without_assets_their_columns_are_null(tmp_path: Path) -> None:
    star = make_star(tmp_path, two_kinds())
    got = block(star)
    assert got.filter(like="asset_").isna().all(axis=None)
    assert (block(star, target=None).filter(like="asset_") == 0).all(axis=None)


def test_a_target_nobody_bought_yet_is_null(tmp_path: Path) -> None:
    lines = two_kinds()
    lines.loc[lines["sku"] == "CAD", "order_date"] = "2024-06-20"
    got = block(make_star(tmp_path, lines))
    assert got["similarity 24m"].notna().all()
    assert got["similarity 24m_lag30d"].isna().all()
    assert got["preference 24m_lag30d"].isna().all()
    nobody = members(scanning=[("Scanning", "Artec")])
    star = make_star(tmp_path / "nobody", two_kinds())
    assert family_blocks(SMALL, star, [CUTOFF], nobody)[CUTOFF, "scanning"].empty


@pytest.mark.parametrize("bad", [{"quantities": "square"}, {"lag_days": 0}])
def test_malformed_parameters_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="als family is malformed"):
        Als(**bad)  # type: ignore[arg-type]


def test_malformed_sizes_are_refused_when_the_family_is_built() -> None:
    with pytest.raises(ConfigError, match="factorisation is malformed"):
        Als(factors=0)
    with pytest.raises(ConfigError, match="lookback is malformed"):
        Als(months=0)
