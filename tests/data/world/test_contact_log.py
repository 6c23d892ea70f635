"""Contacts: with known accounts, by their rep, on working days, sometimes entered late."""

from __future__ import annotations

import pandas as pd

from gosales.data.world.world_data import WorldData


def test_contacts_are_with_accounts_already_known_and_by_their_rep(world_data: WorldData) -> None:
    contacts, customers = world_data.contacts, world_data.customers.set_index("customer_id")
    known = customers["first_known_date"].reindex(contacts["customer_id"]).to_numpy()
    assert (contacts["contact_date"].to_numpy() > known).all()
    rep = customers["rep"].reindex(contacts["customer_id"]).to_numpy()
    assert contacts["rep"].fillna("").tolist() == pd.Series(rep).fillna("").tolist()
    assert set(contacts["channel"]) == {"call", "email", "visit", "event"}


def test_contacts_lie_in_the_log_and_some_are_entered_late(world_data: WorldData) -> None:
    contacts = world_data.contacts
    assert contacts["contact_date"].between("2021-01-01", "2025-06-30").all()
    assert (contacts["contact_date"].dt.dayofweek < 5).all()
    late = (contacts["known_date"] - contacts["contact_date"]).dt.days
    assert late.min() == 0
    assert 0.01 < (late > 0).mean() < 0.05
    assert (contacts["known_date"] <= "2025-06-30").all()


def test_accounts_with_an_open_deal_are_called_more_and_those_without_a_rep_less(
    world_data: WorldData,
) -> None:
    contacts, deals, day = world_data.contacts, world_data.deals, pd.Timestamp("2024-12-31")
    is_open = (deals["opened_date"] <= day) & ~(deals["closed_date"] <= day)
    month = contacts[(contacts["contact_date"] > day) & (contacts["contact_date"] <= "2025-01-31")]
    ids = world_data.customers["customer_id"]
    with_deal = ids.isin(deals.loc[is_open, "customer_id"])
    called = ids.map(month.groupby("customer_id").size()).fillna(0)
    assert called[with_deal].mean() > 3 * called[~with_deal].mean()
    per_account = ids.map(contacts.groupby("customer_id").size()).fillna(0)
    vacant = world_data.customers["rep"].isna()
    assert per_account[vacant].mean() < 0.7 * per_account[~vacant].mean()
