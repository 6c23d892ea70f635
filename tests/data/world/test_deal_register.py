"""Deals: opened before they end, won with an order, and silent about the future."""

from __future__ import annotations

import pandas as pd

from gosales.data.world.world import World
from gosales.data.world.world_data import WorldData


def test_stage_and_days_agree(world_data: WorldData) -> None:
    deals = world_data.deals
    assert deals["deal_id"].is_unique
    assert (deals["closed_date"].isna() == (deals["stage"] == "open")).all()
    ended = deals.dropna(subset=["closed_date"])
    assert (ended["closed_date"] > ended["opened_date"]).all()
    assert (deals["known_date"] >= deals["opened_date"]).all()
    assert deals[["known_date", "closed_date"]].max().max() <= pd.Timestamp("2025-06-30")
    assert 0.01 < (deals["known_date"] > deals["opened_date"]).mean() < 0.06
    assert (deals["amount"] > 0).all()


def test_a_deal_is_won_on_the_day_of_an_order_of_its_division(world_data: WorldData) -> None:
    deals, tx = world_data.deals, world_data.transactions
    won = deals[(deals["stage"] == "won") & (deals["closed_date"] >= "2021-01-01")]
    assert 0.2 < len(won) / len(deals) < 0.6
    orders = tx[tx["quantity"] > 0]
    on = ["customer_id", "division", "closed_date"]
    keys = orders.rename(columns={"source_division": "division", "order_date": "closed_date"})
    found = won.merge(keys[on].drop_duplicates(), on=on, how="inner")
    assert len(found) == len(won)


def test_at_a_month_end_an_open_deal_does_not_tell_its_end(world_data: WorldData) -> None:
    """Those won later and those lost later look alike, but for how likely the account buys."""
    deals = world_data.deals
    day = pd.Timestamp("2024-12-31")
    is_open = (deals["opened_date"] <= day) & ~(deals["closed_date"] <= day)
    later = deals[is_open].assign(age=(day - deals["opened_date"]).dt.days)
    amount, age = (later.groupby("stage")[c].median() for c in ("amount", "age"))
    assert 0.5 < age["won"] / age["lost"] < 2
    assert 0.5 < amount["won"] / amount["lost"] < 2


def test_a_world_may_have_no_deals_and_no_contacts() -> None:
    data = World(
        n_accounts=60, start="2024-01-01", deals=0, contacts=0, end="2024-12-31"
    ).generate()
    assert data.deals.empty
    assert data.contacts.empty
    assert len(data.transactions)


def test_an_export_in_the_middle_of_a_month_knows_no_more() -> None:
    days = {"n_accounts": 300, "start": "2023-01-01"}
    middle = pd.Timestamp("2024-05-15")
    deals = World(end="2024-05-15", **days).generate().deals
    assert deals[["known_date", "closed_date"]].max().max() <= middle
    assert (deals["closed_date"].isna() == (deals["stage"] == "open")).all()
