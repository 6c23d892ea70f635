from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests.support.family_frame import family_blocks, family_frame, members, table
from tests.support.tiny_star import make_star

from gosales.core.errors import ConfigError
from gosales.data.star import Star
from gosales.features.families.item2vec import Item2Vec

TARGET = members(training=[("Training", "CAD")])
CUTOFF = "2024-06-30"
TRAINED = Item2Vec(size=8, epochs=150)


def block(star: Star, family: Item2Vec, target: str | None = "training") -> pd.DataFrame:
    return family_frame(family, star, CUTOFF, TARGET, target)


def lines() -> pd.DataFrame:
    """Twenty accounts buy A, B, CAD, twenty X, Y, Z; two bought long ago."""
    rows = [
        (f"{side}{i}", f"2024-01-{1 + i % 20:02d}", sku)
        for i in range(20)
        for side, skus in (("left", ("A", "B", "CAD")), ("right", ("X", "Y", "Z")))
        for sku in skus
    ]
    rows += [("old_left", "2021-01-05", "A"), ("old_left", "2021-02-05", "B")]
    rows += [("old_right", "2021-01-05", "X"), ("old_right", "2022-06-30", "Y")]
    frame = pd.DataFrame(rows, columns=["customer_id", "order_date", "sku"])
    division = frame["sku"].map({"CAD": "Training"}).fillna("Solidworks")
    return frame.assign(division=division, gross_profit=1.0)


ASSETS = table("""
    customer_id  sku    rollup  purchase_date
    cold_left    b      seats   2010-01-01
    cold_right   X      seats   2010-01-01
    unheard      Fax    seats   2010-01-01
    nameless     -      seats   2010-01-01
    late         A      seats   2024-06-20
    left0        X      seats   2010-01-01
""")


@pytest.fixture(scope="module")
def star(tmp_path_factory: pytest.TempPathFactory) -> Star:
    return make_star(tmp_path_factory.mktemp("star"), lines(), assets=ASSETS)


def test_it_speaks_where_als_has_no_vector(star: Star) -> None:
    got = block(star, Item2Vec(epochs=1))["similarity ever"].dropna()
    # A SKU that nobody ever bought has no vector, and neither has an asset without a SKU.
    assert set(got.index) == {"old_left", "old_right", "cold_left", "cold_right", "late"}
    flags = block(star, Item2Vec(epochs=1), target=None)
    assert set(flags.index[flags["backfilled 24m"] == 1]) == set(got.index)
    # Thirty days earlier the window still held a purchase of one, and one asset was not known.
    lagged = block(star, Item2Vec(epochs=1))["similarity ever_lag30d"].dropna()
    assert set(lagged.index) == {"old_left", "cold_left", "cold_right"}
    assert set(flags.index[flags["backfilled 24m_lag30d"] == 1]) == set(lagged.index)


def test_old_orders_and_assets_tell_owners_likes_from_others(star: Star) -> None:
    got = block(star, TRAINED)["similarity ever"]
    assert got[["old_left", "cold_left"]].min() > got[["old_right", "cold_right"]].max() + 0.1


def test_on_request_it_speaks_for_everyone(star: Star) -> None:
    own = block(star, Item2Vec(size=8, epochs=150, everyone=True))["similarity ever"]
    assert own.notna().sum() == 45
    assert own["left1"] > own["right1"] + 0.1
    # What left0 has installed besides pulls it away.
    assert own["left0"] < own["left1"]
    alone = block(star, TRAINED)["similarity ever"]
    pd.testing.assert_series_equal(own[alone.dropna().index], alone.dropna())


def test_purchases_of_one_day_have_no_order(tmp_path: Path) -> None:
    log = lines()
    again = make_star(tmp_path / "b", log.iloc[::-1], assets=ASSETS.iloc[::-1])
    family = Item2Vec(epochs=2, everyone=True)
    one = family_blocks(family, make_star(tmp_path / "a", log, assets=ASSETS), [CUTOFF], TARGET)
    two = family_blocks(family, again, [CUTOFF], TARGET)
    for place, frame in one.items():
        pd.testing.assert_frame_equal(frame, two[place], check_exact=True)


def test_without_owners_or_orders_it_is_null(tmp_path: Path) -> None:
    nobody = members(scanning=[("Scanning", "Artec")])
    old = make_star(tmp_path, lines().assign(order_date="2021-01-05"), assets=ASSETS)
    assert family_frame(TRAINED, old, CUTOFF, TARGET, "training").isna().all(axis=None)
    assert family_blocks(TRAINED, old, [CUTOFF], nobody)[CUTOFF, "scanning"].empty
    early = family_blocks(Item2Vec(), old, ["2020-01-01"], TARGET)
    assert early["2020-01-01", "training"].empty


def test_malformed_parameters_are_refused() -> None:
    with pytest.raises(ConfigError, match="item2vec family is malformed"):
        Item2Vec(lag_days=0)
    with pytest.raises(ConfigError, match="skip-gram is malformed"):
        Item2Vec(epochs=0)
