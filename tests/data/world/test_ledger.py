"""Invoice lines: same-day lines, returns, money in cents, the launch."""

from __future__ import annotations

import numpy as np

from gosales.data.world.world import World
from gosales.data.world.world_data import WorldData


def test_a_customer_may_have_several_lines_on_one_day(world_data: WorldData) -> None:
    tx = world_data.transactions
    per_day = tx.groupby(["customer_id", "order_date"]).size()
    assert (per_day > 1).mean() > 0.2
    one_invoice = tx.groupby("invoice_id")[["customer_id", "order_date"]].nunique()
    assert (one_invoice == 1).all().all()


def test_money_is_in_cents_and_follows_the_sign_of_the_quantity(world_data: WorldData) -> None:
    tx = world_data.transactions
    for column in ("revenue", "gross_profit"):
        assert np.allclose(tx[column], tx[column].round(2), atol=1e-9)
        assert (np.sign(tx[column]) == np.sign(tx["quantity"])).all()


def test_returns_follow_a_purchase_of_the_same_sku(world_data: WorldData) -> None:
    tx = world_data.transactions
    back = tx[tx["quantity"] < 0]
    assert 0.01 < len(back) / len(tx) < 0.03
    assert not set(back["source_division"]) & {"Training", "Services", "Maintenance"}
    # Goods bought before the log began may come back in its first weeks.
    back = back[back["order_date"] > "2021-03-01"]
    sold = tx[tx["quantity"] > 0]
    pairs = back.reset_index().merge(sold, on=["customer_id", "sku"], suffixes=("", "_sold"))
    days = (pairs["order_date"] - pairs["order_date_sold"]).dt.days
    fits = pairs[days.between(5, 45) & (pairs["quantity_sold"] >= -pairs["quantity"])]
    assert set(fits["index"]) == set(back.index)


def test_nothing_is_returned_at_rate_zero_nor_late_at_share_zero() -> None:
    world = World(n_accounts=100, start="2023-01-01", end="2023-12-31", return_rate=0, late_share=0)
    tx = world.generate().transactions
    assert (tx["quantity"] > 0).all()
    assert (tx["known_date"] == tx["order_date"]).all()


def test_the_launched_line_is_sold_from_its_launch_on(world_data: WorldData) -> None:
    tx = world_data.transactions
    plans = tx.loc[(tx["sku"] == "Success_Plan") & (tx["quantity"] > 0), "order_date"]
    assert plans.min().strftime("%Y-%m") == "2023-06"
    assets = world_data.assets
    assert (assets.loc[assets["sku"] == "Success_Plan", "purchase_date"] >= plans.min()).all()


def test_the_discontinued_line_is_sold_to_the_end_of_its_month(world_data: WorldData) -> None:
    tx = world_data.transactions
    sold = tx.loc[(tx["sku"] == "CAMWorks_Seats") & (tx["quantity"] > 0), "order_date"]
    assert sold.max().strftime("%Y-%m") == "2024-06"
    deals = world_data.deals[world_data.deals["division"] == "CAMWorks"]
    assert (deals["opened_date"] <= "2024-06-30").all()
    assert not (deals["closed_date"][deals["stage"] == "won"] > "2024-06-30").any()
    assert (world_data.truth.probability("CAMWorks", "2024-06-30", n_paths=1) == 0).all()
    days = {"n_accounts": 300, "start": "2023-01-01", "end": "2024-12-31"}
    kept = World(discontinue=None, **days).generate().transactions
    later = kept[kept["order_date"] > "2024-06-30"]
    assert "CAMWorks_Seats" in set(later["sku"])


def test_am_support_is_booked_under_hardware_or_scanning(world_data: WorldData) -> None:
    tx = world_data.transactions
    booked = tx.loc[tx["sku"] == "AM_Support", "source_division"].value_counts()
    assert set(booked.index) == {"Hardware", "Scanning"}
