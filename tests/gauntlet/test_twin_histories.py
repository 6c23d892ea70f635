"""Which histories are the same: two accounts, a few lines each."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.support.toy_star import LAST, star_of_lines, toy_star

from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import CUSTOMERS, TRANSACTIONS
from gosales.gauntlet.twin_histories import TwinHistories

SEARCH = TwinHistories(min_days=3, min_lines=4, shift_days=7, min_match=0.9)


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    star = toy_star(tmp_path_factory.mktemp("toy") / "star", n=40)
    return star, pd.read_parquet(star.table(TRANSACTIONS))


def pairs(lines, change):
    """Twins after one account's history was copied to another name and changed."""
    star, table = lines
    busiest = table["customer_id"].value_counts().index[0]
    own = table[table["customer_id"] == busiest].sort_values("order_date").reset_index(drop=True)
    copy = change(own.assign(customer_id="copy"))
    accounts = pd.read_parquet(star.table(CUSTOMERS))
    like = accounts[accounts["customer_id"] == busiest].assign(customer_id="copy")
    pd.concat([table, copy]).to_parquet(star.table(TRANSACTIONS), index=False)
    pd.concat([accounts, like]).to_parquet(star.table(CUSTOMERS), index=False)
    try:
        view = AsOfView(star, [Cutoff(LAST)], DuckDBEngine(threads=1))
        return busiest, SEARCH.pairs(view)[0]
    finally:
        table.to_parquet(star.table(TRANSACTIONS), index=False)
        accounts.to_parquet(star.table(CUSTOMERS), index=False)


def moved(copy, days, rows=slice(None)):
    out = copy.copy()
    shift = [pd.Timedelta(days=days if i % 2 else -days) for i in range(len(out))]
    dates = pd.to_datetime(out["order_date"]) + pd.Series(shift)
    # Never across a new year: the copy of a line belongs to its year.
    same = dates.dt.year == pd.to_datetime(out["order_date"]).dt.year
    out.loc[same, "order_date"] = dates[same].dt.date
    return out.assign(known_date=out["order_date"])[rows]


@pytest.mark.parametrize(
    "change",
    [
        lambda copy: copy,
        lambda copy: copy.assign(revenue=copy["revenue"] * 3),
        lambda copy: moved(copy, 5),
        lambda copy: moved(copy, 3).drop(index=copy.index[0]),
    ],
    ids=["exact", "other amounts", "moved dates", "moved dates and a line lost"],
)
def test_a_copy_is_found(lines, change):
    busiest, twins = pairs(lines, change)
    assert twins == {busiest: {"copy"}, "copy": {busiest}}


@pytest.mark.parametrize(
    "change",
    [lambda copy: moved(copy, 9), lambda copy: copy.iloc[::2], lambda copy: copy.iloc[:3]],
    ids=["dates moved far", "half the lines", "too short"],
)
def test_another_history_is_not(lines, change):
    assert pairs(lines, change)[1] == {}


def test_honest_accounts_are_no_twins(lines):
    assert pairs(lines, lambda copy: copy.iloc[:0])[1] == {}


def billed(customer, months, first="2021-02-01", extra=()):
    days = pd.date_range(first, LAST, freq=pd.DateOffset(months=months))
    rows = [{"customer_id": customer, "order_date": d, "division": "alpha"} for d in days]
    rows += [
        {"customer_id": customer, "order_date": pd.Timestamp(d), "division": "beta"} for d in extra
    ]
    return pd.DataFrame(rows)


def twins_of(tmp_path, *logs):
    star = star_of_lines(tmp_path / "star", pd.concat(logs))
    return SEARCH.pairs(AsOfView(star, [Cutoff(LAST)], DuckDBEngine(threads=1)))[0]


@pytest.mark.parametrize("months", [1, 3, 12])
def test_subscribers_of_one_day_are_no_twins(tmp_path, months):
    assert twins_of(tmp_path, billed("a", months), billed("b", months)) == {}


def test_subscribers_who_also_buy_the_same_on_the_same_days_are(tmp_path):
    days = ["2021-03-05", "2021-09-20", "2022-11-02", "2024-04-11"]
    twins = twins_of(tmp_path, billed("a", 1, extra=days), billed("b", 1, extra=days))
    assert twins == {"a": {"b"}, "b": {"a"}}


def test_subscribers_who_buy_on_days_of_their_own_are_not(tmp_path):
    own = ["2021-03-05", "2021-09-20", "2022-11-02", "2024-04-11"]
    other = ["2021-05-05", "2021-12-20", "2022-01-02", "2024-08-11"]
    assert twins_of(tmp_path, billed("a", 1, extra=own), billed("b", 1, extra=other)) == {}
