"""Leaks of plug-ins that the zoo does not hold: answer keys, memory in arguments, file facts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.support.answering_toy import AnsweringToy
from tests.support.toy_candidate import toy_context

from gosales.data.star import TRANSACTIONS
from gosales.gauntlet.candidate_parcel import parcel_of
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
