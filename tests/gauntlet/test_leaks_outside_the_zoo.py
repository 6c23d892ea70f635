"""Leaks of plug-ins that the zoo does not hold: answer keys, memory in arguments, file facts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.support.answering_toy import AnsweringToy
from tests.support.gap_toy import GAP, GapToy
from tests.support.toy_candidate import toy_context
from tests.support.toy_star import star_of_lines

from gosales.data.star import TRANSACTIONS
from gosales.gauntlet.candidate_parcel import parcel_of
from gosales.gauntlet.checks.attribute_hindsight import AttributeHindsight
from gosales.gauntlet.checks.future_invariance import FutureInvariance
from gosales.gauntlet.finding import Outcome

pytestmark = pytest.mark.usefixtures("variants_once")
_COLUMN = "toy__count__target__12m"


def audit(star, tmp_path, way, answers=None):
    toy = AnsweringToy(way, answers or {})
    parcel = parcel_of(toy)
    context = replace(toy_context(star, toy, tmp_path / "work"), parcel=parcel)
    return FutureInvariance(max_examples=10_000).run(context)


def told(finding):
    return {(d["history"], d["column"]) for d in finding.detail}


@pytest.fixture(scope="module")
def first_days(star):
    """Share of later orders by the day of an account's first: an answer key."""
    lines = pd.read_parquet(star.table(TRANSACTIONS))
    orders = lines.groupby("customer_id")["order_date"]
    return dict(zip(orders.min().astype(str), orders.size().astype(float), strict=True))


def test_an_answer_key_looked_up_by_the_first_order(star, tmp_path, first_days):
    finding = audit(star, tmp_path, "first_day", first_days)
    assert finding.outcome is Outcome.FAIL
    # The past stays in every other history: only another calendar tells.
    assert told(finding) == {("28 years earlier", _COLUMN)}


def test_an_answer_key_looked_up_by_the_first_amount(star, tmp_path):
    lines = pd.read_parquet(star.table(TRANSACTIONS)).sort_values(["order_date", "revenue"])
    accounts = lines.groupby("customer_id")["revenue"]
    amounts = accounts.first().astype(str)
    key = dict(zip(amounts, accounts.size().astype(float), strict=True))
    finding = audit(star, tmp_path, "first_amount", key)
    assert finding.outcome is Outcome.FAIL
    assert told(finding) == {("other money", _COLUMN)}


def test_memory_in_an_argument_stays_behind(star, tmp_path):
    finding = audit(star, tmp_path, "argument")
    assert finding.outcome is Outcome.FAIL
    assert ("truncated", _COLUMN) in told(finding)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["file_time", "open_files"])
def test_facts_of_the_files_are_no_facts_of_the_accounts(star, tmp_path, way):
    finding = audit(star, tmp_path, way)
    assert finding.outcome is Outcome.FAIL
    assert ("truncated", _COLUMN) in told(finding)


def test_silent_on_the_clean_twin_of_an_answer_key(star, tmp_path):
    # Looked up by how many days ago: a distance, the same in every calendar.
    ages = {str(days): float(np.sqrt(days)) for days in range(3000)}
    finding = audit(star, tmp_path, "days_ago", ages)
    assert (finding.outcome, finding.values["differences"]) == (Outcome.PASS, 0)


@pytest.fixture(scope="module")
def rated():
    """Accounts, their orders of the target a year, and a log of them."""
    rng = np.random.default_rng(1)
    ids = np.array([f"c{i:04d}" for i in range(600)], dtype=object)
    rate = rng.gamma(1.0, 0.8, len(ids))
    parts = []
    for division, often in (("alpha", rate), ("beta", np.full(len(ids), 0.7))):
        who = np.repeat(ids, rng.poisson(4 * often))
        days = pd.to_timedelta(rng.integers(0, 1461, len(who)), unit="D")
        lines = {"customer_id": who, "order_date": pd.Timestamp("2021-01-01") + days}
        parts.append(pd.DataFrame({**lines, "division": division}))
    return ids, rate, pd.concat(parts)


def gap_to(log, potential, tmp_path):
    star = star_of_lines(tmp_path / "star", log, size=potential)
    return AttributeHindsight().run(toy_context(star, GapToy(), tmp_path / "work"))


def test_a_gap_to_a_potential_that_was_learned_later(rated, tmp_path):
    """The column changes with every cutoff, and its windows are honest."""
    ids, _, log = rated
    late = log[(log["division"] == "alpha") & (log["order_date"] > "2023-12-31")]
    orders = late.groupby("customer_id").size().reindex(ids).fillna(0.0)
    finding = gap_to(log, orders.to_dict(), tmp_path)
    assert finding.outcome is Outcome.FAIL
    assert finding.detail[0]["column"] == GAP
    assert (finding.values["static_columns"], finding.values["moving_columns"]) == (0, 1)


def test_a_gap_to_an_honest_potential_is_silent(rated, tmp_path):
    ids, rate, log = rated
    guess = rate * np.exp(0.5 * np.random.default_rng(2).standard_normal(len(ids)))
    finding = gap_to(log, dict(zip(ids, guess, strict=True)), tmp_path)
    assert (finding.outcome, finding.values["moving_columns"]) == (Outcome.PASS, 1)
