"""The installed base: older than the log, with terms, and silent about the future."""

from __future__ import annotations

import pandas as pd

from gosales.data.world.world import World
from gosales.data.world.world_data import WorldData


def test_assets_are_known_after_purchase_and_may_be_older_than_the_log(
    world_data: WorldData,
) -> None:
    assets = world_data.assets
    assert assets["asset_id"].is_unique
    assert (assets["known_date"] >= assets["purchase_date"]).all()
    assert (assets["known_date"] <= pd.Timestamp("2025-06-30")).all()
    assert (assets["purchase_date"] < "2021-01-01").any()
    assert set(assets["customer_id"]) <= set(world_data.customers["customer_id"])


def test_terms_decide_expiry(world_data: WorldData) -> None:
    assets = world_data.assets
    term = (assets["expiry_date"] - assets["purchase_date"]).dt.days
    by_rollup = term.groupby(assets["rollup"])
    assert by_rollup.get_group("Maintenance").between(365, 366).all()
    assert by_rollup.get_group("Printers").between(730, 731).all()
    assert by_rollup.get_group("PDM").isna().all()
    assert assets.loc[assets["is_subscription"], "expiry_date"].notna().all()


def test_a_later_return_does_not_take_an_asset_out_of_the_past() -> None:
    days = {"n_accounts": 300, "start": "2022-01-01", "end": "2023-12-31", "late_share": 0.0}
    kept = World(return_rate=0.0, **days).generate().assets
    returned = World(return_rate=0.5, **days).generate().assets
    pd.testing.assert_series_equal(kept["customer_id"], returned["customer_id"])
