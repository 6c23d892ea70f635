"""Which histories are the same: two accounts, a few lines each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.support.toy_star import FIRST, LAST, star_of_lines, toy_star

from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import CUSTOMERS, TRANSACTIONS
from gosales.gauntlet.twin_histories import TwinHistories

SEARCH = TwinHistories()
DAYS = pd.date_range(FIRST, LAST)


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


def at_random(rng, customers, per_account, divisions=30):
    """Lines of accounts that have nothing in common."""
    n = len(customers) * per_account
    goods = [f"d{k}" for k in rng.integers(0, divisions, n)]
    days = DAYS[rng.integers(0, len(DAYS), n)]
    names = np.repeat(customers, per_account)
    return pd.DataFrame({"customer_id": names, "order_date": days, "division": goods})


def kit(customers, size, days):
    """The same goods on the same days for all."""
    lines = [(c, DAYS[200 + 30 * (i % days)], f"kit{i}") for c in customers for i in range(size)]
    return pd.DataFrame(lines, columns=["customer_id", "order_date", "division"])


def names(prefix, n):
    return np.array([f"{prefix}{i}" for i in range(n)], dtype=object)


@pytest.mark.parametrize("copies", [19, 25, 60])
def test_all_copies_of_one_account_are_found(tmp_path, copies):
    rng = np.random.default_rng(1)
    log = at_random(rng, names("c", 50), 12)
    some = log[log["customer_id"] == "c7"]
    twins = twins_of(tmp_path, log, *(some.assign(customer_id=f"x{i}") for i in range(copies)))
    assert set(twins) == {"c7"} | {f"x{i}" for i in range(copies)}


def lossy(log, period):
    """Without the first line of each period."""
    first = log.sort_values("order_date").groupby(log["order_date"].dt.to_period(period))
    return log.drop(index=first.head(1).index)


@pytest.mark.parametrize(
    "change",
    [
        lambda log, rng: lossy(log, "Y"),
        lambda log, rng: lossy(log, "M"),
        lambda log, rng: log[rng.random(len(log)) > 0.08],
        lambda log, rng: pd.concat([log, at_random(rng, log["customer_id"].unique(), 30)]),
        lambda log, rng: lossy(log, "Y").assign(
            order_date=lambda t: t["order_date"] + pd.to_timedelta(rng.integers(-5, 6, len(t)), "D")
        ),
    ],
    ids=["a line lost each year", "each month", "a twelfth lost", "lines added", "lost and moved"],
)
def test_a_copy_is_found_wherever_lines_were_lost_or_added(tmp_path, change):
    rng = np.random.default_rng(2)
    log = at_random(rng, names("c", 20), 500)
    some = log[log["customer_id"] == "c7"].reset_index(drop=True)
    copy = change(some, rng).assign(customer_id="copy")
    copy = copy[copy["order_date"].between(DAYS[0], DAYS[-1])]
    assert twins_of(tmp_path, log, copy) == {"c7": {"copy"}, "copy": {"c7"}}


@pytest.mark.parametrize(("size", "days", "own"), [(8, 1, 0), (8, 1, 3), (8, 3, 2), (20, 4, 4)])
def test_buyers_of_one_starter_kit_are_no_twins(tmp_path, size, days, own):
    rng = np.random.default_rng(3)
    buyers = names("k", 300)
    logs = [at_random(rng, names("c", 200), 12), kit(buyers, size, days)]
    assert twins_of(tmp_path, *logs, at_random(rng, buyers, own)) == {}


def test_copies_among_the_buyers_of_a_kit_are_found(tmp_path):
    rng = np.random.default_rng(4)
    buyers = names("k", 200)
    log = pd.concat([kit(buyers, 8, 1), at_random(rng, buyers, 6)])
    copies = log[log["customer_id"].isin(["k3", "k4"])].assign(
        customer_id=lambda t: t["customer_id"] + "x"
    )
    assert set(twins_of(tmp_path, log, copies)) == {"k3", "k3x", "k4", "k4x"}


def test_a_copy_whose_rarest_goods_bear_other_names_is_found(tmp_path):
    rng = np.random.default_rng(6)
    log = at_random(rng, names("c", 20), 500)
    some = log[log["customer_id"] == "c7"].reset_index(drop=True)
    rare = np.arange(len(some)) % 25 == 0

    def named(prefix, customer):
        goods = [
            f"{prefix}{i}" if r else d
            for i, (d, r) in enumerate(zip(some.division, rare, strict=True))
        ]
        return some.assign(division=goods, customer_id=customer)

    rest = log[log["customer_id"] != "c7"]
    twins = twins_of(tmp_path, rest, named("old", "c7"), named("new", "copy"))
    assert twins == {"c7": {"copy"}, "copy": {"c7"}}


def test_where_all_lines_are_common_the_nearest_are_compared(tmp_path):
    rng = np.random.default_rng(5)
    log = at_random(rng, names("c", 300), 30, divisions=1)
    # All on the same few days.
    log["order_date"] = rng.choice(DAYS[::15], 40, replace=False)[rng.integers(0, 40, len(log))]
    some = log[log["customer_id"].isin(["c1", "c2", "c3"])]
    copies = some.assign(customer_id=some["customer_id"] + "x")
    star = star_of_lines(tmp_path / "star", pd.concat([log, copies]))
    view = AsOfView(star, [Cutoff(LAST)], DuckDBEngine(threads=1))
    # Near each of 2,400 lines lie 200 others, of which 20 are looked at.
    twins = TwinHistories(max_looked_at=50_000).pairs(view)[0]
    assert set(twins) == {"c1", "c2", "c3", "c1x", "c2x", "c3x"}
