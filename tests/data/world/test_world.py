"""Frames of a world: reproducible, sound, and like a reseller's."""

from __future__ import annotations

import pandas as pd
import pytest

from gosales.core.digests import digest_frame
from gosales.core.errors import ConfigError
from gosales.data.world.world import World
from gosales.data.world.world_data import WorldData

SMALL = {"n_accounts": 120, "start": "2023-01-01", "end": "2024-06-30"}


def digests(data: WorldData) -> list[str]:
    frames = (data.transactions, data.customers, data.assets, data.contacts, data.deals)
    return [digest_frame(frame) for frame in frames]


def test_equal_parameters_give_equal_frames_and_another_seed_others() -> None:
    first, again = World(**SMALL).generate(), World(**SMALL).generate()
    other = World(seed=8, **SMALL).generate()
    assert digests(first) == digests(again)
    assert not set(digests(first)) & set(digests(other))


def test_columns_are_the_interface(world_data: WorldData) -> None:
    assert " ".join(world_data.transactions) == (
        "customer_id order_date known_date invoice_id sku source_division quantity revenue "
        "gross_profit"
    )
    assert " ".join(world_data.customers) == (
        "customer_id first_known_date name industry industry_sub region size size_bin territory "
        "rep parent_account_id do_not_contact"
    )
    assert " ".join(world_data.assets) == (
        "asset_id customer_id sku rollup purchase_date known_date expiry_date is_subscription "
        "quantity"
    )
    assert " ".join(world_data.contacts) == "customer_id contact_date known_date channel rep"
    assert " ".join(world_data.deals) == (
        "deal_id customer_id division opened_date known_date closed_date stage amount"
    )
    assert world_data.planted.empty


def test_the_log_lies_within_its_days_and_nothing_is_known_before_it_happens(
    world_data: WorldData,
) -> None:
    tx = world_data.transactions
    assert tx["order_date"].between("2021-01-01", "2025-06-30").all()
    assert tx["order_date"].is_monotonic_increasing
    assert (tx["known_date"] >= tx["order_date"]).all()
    assert (tx["known_date"] <= pd.Timestamp("2025-06-30")).all()
    late = (tx["known_date"] - tx["order_date"]).dt.days
    assert 0.02 < (late > 0).mean() < 0.04
    assert late.max() <= 20


def test_nobody_buys_before_being_known(world_data: WorldData) -> None:
    known = world_data.customers.set_index("customer_id")["first_known_date"]
    first = world_data.transactions.groupby("customer_id")["order_date"].min()
    assert (first > known.reindex(first.index)).all()
    assert len(known) > len(first)


def test_customers_have_unique_keys_and_plain_attributes(world_data: WorldData) -> None:
    customers = world_data.customers
    assert customers["customer_id"].is_unique
    assert set(world_data.transactions["customer_id"]) <= set(customers["customer_id"])
    assert customers["parent_account_id"].notna().mean() == pytest.approx(0.10, abs=0.001)
    assert customers.groupby("parent_account_id").size().max() <= 4
    assert customers.drop(columns=["rep", "parent_account_id"]).notna().all().all()
    assert 0 < customers["do_not_contact"].mean() < 0.03


def test_each_rep_covers_one_territory_of_a_region_and_a_few_accounts_have_none(
    world_data: WorldData,
) -> None:
    customers = world_data.customers
    assert (customers.groupby("rep")["territory"].nunique() == 1).all()
    assert (customers.groupby("territory")["rep"].nunique() == 1).all()
    assert (customers.groupby("territory")["region"].nunique() == 1).all()
    assert customers["territory"].nunique() == 15
    assert 0.005 < customers["rep"].isna().mean() < 0.05


def test_a_few_parents_have_a_parent_and_no_chain_is_a_circle(world_data: WorldData) -> None:
    above = world_data.customers.set_index("customer_id")["parent_account_id"].dropna().to_dict()
    grandparents = {c for c, parent in above.items() if parent in above}
    assert 5 < len(grandparents) < 0.5 * len(above)
    # Two steps up is the top of every family.
    assert all(above[above[c]].startswith("P-") for c in grandparents)


def test_the_customer_id_says_nothing(world_data: WorldData) -> None:
    lines = world_data.transactions.groupby("customer_id").size()
    ids = world_data.customers["customer_id"]
    ranks = pd.DataFrame({"id": ids.str[1:].astype(int), "n": ids.map(lines).fillna(0)})
    assert abs(ranks.rank()["id"].corr(ranks.rank()["n"])) < 4 / len(ranks) ** 0.5


def test_prevalence_at_six_months_is_a_resellers(world_data: WorldData) -> None:
    tx = world_data.transactions
    warm = tx.loc[tx["order_date"].between("2023-07-01", "2024-12-31"), "customer_id"].unique()
    window = tx[(tx["order_date"] > "2024-12-31") & (tx["quantity"] > 0)]

    def prevalence(division: str) -> float:
        buyers = window.loc[window["source_division"] == division, "customer_id"].unique()
        return float(pd.Index(warm).isin(buyers).mean())

    assert 0.15 < prevalence("Solidworks") < 0.30
    assert 0.05 < prevalence("Training") < 0.13
    assert 0.01 < prevalence("Scanning") < 0.05
    assert prevalence("Hardware") > 0.30


def test_the_fourth_quarter_stands_out_only_when_seasons_are_on() -> None:
    def share(season: float) -> float:
        world = World(n_accounts=800, start="2022-01-01", end="2023-12-31", season=season, drift=0)
        days = world.generate().transactions["order_date"]
        return float((days.dt.quarter == 4).mean())

    assert share(0.5) > share(0.0) + 0.04


def test_every_bad_parameter_is_named() -> None:
    with pytest.raises(ConfigError, match=r"activity=0.*late_share=1\.5.*return_rate=1"):
        World(activity=0, late_share=1.5, return_rate=1.0)
    with pytest.raises(ConfigError, match="n_accounts=3.*n_accounts in"):
        World(n_accounts=3)
    with pytest.raises(ConfigError, match=r"contacts=-1, deals=-1, mess=2.*mess in \[0, 1\]"):
        World(deals=-1, contacts=-1, mess=2)
    with pytest.raises(ConfigError, match="signal=nan"):
        World(signal=float("nan"))
    with pytest.raises(ConfigError, match="start=2024-01-01, end=2023-01-01"):
        World(start="2024-01-01", end="2023-01-01")
    with pytest.raises(ConfigError, match="not a date"):
        World(start="yesterday")
