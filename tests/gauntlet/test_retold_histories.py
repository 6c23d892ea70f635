"""Another calendar and other money: answer tables lose their order, honest columns keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.support.toy_candidate import FORWARD, TRAINING, ToyCandidate, toy_context
from tests.support.toy_star import toy_star

from gosales.core.errors import ConfigError
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import CUSTOMERS, TRANSACTIONS
from gosales.gauntlet.checks.future_invariance import FutureInvariance
from gosales.gauntlet.retold_histories import RetoldHistories
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.leaks.calendar_year import CalendarYear

CUTOFF = TRAINING[1]
COLUMN = "toy__count__target__12m"
DATES, MONEY = "28 years earlier", "other money"


@dataclass
class Here:
    """Builds in this process: what a sealed one keeps away is no matter here."""

    folder: Path
    candidate: Any

    def build(self, star, cutoffs, *, outcomes=False):
        return self.candidate.build(star, cutoffs)


@dataclass
class Planted:
    """The toy with one column computed from the lines known at the cutoff."""

    column: Any
    toy: Any = None

    def build(self, star, cutoffs, *, cached=True):
        panel = (self.toy or ToyCandidate()).build(star, cutoffs)
        known = known_lines(star, cutoffs[0])
        ids = panel.rows["customer_id"]
        attributes = pd.read_parquet(star.table(CUSTOMERS)).set_index("customer_id")
        values = self.column(known, attributes.loc[ids], cutoffs[0].day)
        values = values if isinstance(values, np.ndarray) else ids.map(values).to_numpy()
        return panel.with_features(panel.X.assign(**{COLUMN: values}))


def known_lines(star, cutoff):
    lines = pd.read_parquet(star.table(TRANSACTIONS))
    lines["revenue"] = lines["revenue"].astype(float)
    here = (lines["order_date"] <= cutoff.day) & (lines["known_date"] <= cutoff.day)
    return lines[here].sort_values(["order_date", "revenue"])


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """Star, context and answers of a seed: amounts in whole, round or odd, and a founding year."""

    @cache
    def make(seed):
        folder = tmp_path_factory.mktemp(f"toy{seed}")
        star = toy_star(folder / "star", seed=seed, n=200)
        return star, toy_context(star, ToyCandidate(), folder / "work")

    return make


def told(base, tmp_path, column, *, seed=3, model=None):
    star, context = base(seed)
    candidate = Planted(column)
    reported = {CUTOFF: candidate.build(star, [CUTOFF])}
    check = FutureInvariance()
    histories = RetoldHistories(Here(tmp_path, candidate), star, reported, model or context.model)
    found = [d for history in check.retold(histories) for d in history()]
    return {(d["history"], d["column"]) for d in found}, histories.builds


def answers(keys, seed):
    """What someone knows of later orders, by a key."""
    distinct = sorted(set(keys))
    return dict(zip(distinct, np.random.default_rng(seed).random(len(distinct)), strict=True))


@pytest.mark.parametrize("seed", [3, 11, 12])
def test_answers_by_the_day_of_the_first_order_are_told(base, tmp_path, seed):
    key = answers(pd.read_parquet(base(seed)[0].table(TRANSACTIONS))["order_date"], seed)

    def column(lines, attributes, day):
        return lines.groupby("customer_id")["order_date"].first().map(key).fillna(0.0)

    assert told(base, tmp_path, column, seed=seed) == ({(DATES, COLUMN)}, 3)


@pytest.mark.parametrize("seed", [3, 11, 12])
@pytest.mark.parametrize("amount", [0.3, 1.0])
def test_answers_by_amount_are_told_even_added_to_an_honest_column(base, tmp_path, seed, amount):
    lines = known_lines(base(seed)[0], CUTOFF)
    key = answers(lines["revenue"], seed)

    def column(lines, attributes, day):
        of = lines.groupby("customer_id")["revenue"]
        return of.sum() + amount * of.sum().std() * of.first().map(key).fillna(0.0)

    assert told(base, tmp_path, column, seed=seed) == ({(MONEY, COLUMN)}, 3)


def test_a_transform_that_holds_answers_shows_in_the_scores(base, tmp_path):
    star, context = base(3)
    honest = context.model
    sums = known_lines(star, CUTOFF).groupby("customer_id")["revenue"].sum()
    key = answers(sums, 5)

    class Keyed:
        def predict(self, X):
            found = X[COLUMN].map(key).fillna(0.0).to_numpy(dtype="float64")
            return honest.predict(X) + 0.2 * found

    def column(lines, attributes, day):
        return lines.groupby("customer_id")["revenue"].sum()

    assert told(base, tmp_path, column, model=Keyed()) == ({(MONEY, "(score)")}, 2)
    assert told(base, tmp_path, column) == (set(), 2)


def _age(lines, attributes, day):
    return day.year - (1950 + 10 * attributes["size"].to_numpy().round())


def _cohort(lines, attributes, day):
    return pd.to_datetime(lines.groupby("customer_id")["order_date"].first()).dt.year.astype(float)


def _cohort_as_text(lines, attributes, day):
    return _cohort(lines, attributes, day).astype(int).astype(str)


def _days_as_text(lines, attributes, day):
    return lines.groupby("customer_id")["order_date"].first().astype(str)


def _easter(year):
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * i) // 451
    month, day = divmod(h + i - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _orders_around_easter(lines, attributes, day):
    near = [abs((d - _easter(d.year)).days) <= 20 for d in lines["order_date"]]
    return pd.Series(near, lines["customer_id"]).groupby(level=0).sum().astype(float)


def _round_share(lines, attributes, day):
    whole = lines["revenue"] % 1 == 0
    return whole.groupby(lines["customer_id"]).mean()


def _large_orders(lines, attributes, day):
    return (lines["revenue"] > 400).groupby(lines["customer_id"]).sum().astype(float)


class Reader:
    """A model that reads a column of its own and none that is planted."""

    def predict(self, X):
        return X["profile__size__all__static"].to_numpy(dtype="float64")


@pytest.mark.parametrize(
    ("column", "builds"),
    [
        (_age, 2),
        (_cohort, 2),
        (_cohort_as_text, 2),
        (_days_as_text, 2),
        (_orders_around_easter, 3),
        (_round_share, 3),
        (_large_orders, 2),
    ],
)
def test_silent_on_honest_columns(base, tmp_path, column, builds):
    # A second look where the first one took the order away, and none where it did not.
    model = Reader() if "text" in column.__name__ else None
    assert told(base, tmp_path, column, model=model) == (set(), builds)


@pytest.mark.parametrize(("amount", "lost"), [(0.0, False), (1.0, True)])
def test_a_year_that_is_named_is_told_and_the_last_one_is_not(base, tmp_path, amount, lost):
    star = base(3)[0]
    engine = DuckDBEngine(threads=1, memory_limit="500MB")
    habitat = Habitat(ToyCandidate(), star, FORWARD, engine, tmp_path, 1)
    candidate = CalendarYear().plant(habitat, amount).candidate
    reported = {FORWARD: candidate.build(star, [FORWARD])}
    histories = RetoldHistories(Here(tmp_path, candidate), star, reported, Reader())
    found = [d for history in FutureInvariance().retold(histories) for d in history()]
    assert {d["history"] for d in found} == ({DATES} if lost else set())


class Chosen(ToyCandidate):
    """The toy with a roster that hangs on money."""

    def __init__(self, chosen):
        super().__init__()
        self.chosen = chosen

    def build(self, star, cutoffs, *, cached=True):
        panel = super().build(star, cutoffs)
        of = known_lines(star, cutoffs[0]).groupby("customer_id")["revenue"]
        inside = panel.rows["customer_id"].map(self.chosen(of).to_dict())
        return panel.take(np.flatnonzero(inside.eq(True).to_numpy()))


def test_a_few_accounts_may_come_and_go_with_the_money_and_no_more(base, tmp_path):
    star, context = base(3)
    lines = known_lines(star, CUTOFF)
    sums = lines.groupby("customer_id")["revenue"].sum().sort_values()
    # The account next below the threshold crosses it.
    least = float(sums.iloc[60]) * 1.001
    key = {amount: answer > 0.5 for amount, answer in answers(lines["revenue"], 7).items()}
    rosters = {
        lambda of: of.sum() > least: set(),
        lambda of: of.first().map(key): {(MONEY, "(roster)")},
    }
    for chosen, lost in rosters.items():
        candidate = Chosen(chosen)
        reported = {CUTOFF: candidate.build(star, [CUTOFF])}
        histories = RetoldHistories(Here(tmp_path, candidate), star, reported, context.model)
        found = [d for history in FutureInvariance().retold(histories) for d in history()]
        assert {(d["history"], d["column"]) for d in found} == lost


@pytest.mark.parametrize(
    "wrong",
    [
        {"money_factors": []},
        {"money_factors": [1.0]},
        {"money_factors": [20_000]},
        {"least_order": {"dates": 0.9}},
        {"least_order": {"dates": 0.9, "money": 0.9, "scores": float("nan")}},
        {"least_grouping": 0.0},
        {"left_out": 1.0},
        {"least_left_out": -1},
    ],
)
def test_malformed_limits_are_refused(wrong):
    with pytest.raises(ConfigError, match="limits of retold histories are malformed"):
        FutureInvariance(**wrong)
