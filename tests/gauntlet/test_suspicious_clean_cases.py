"""Honest logs that look as if they leaked: no check may call them a leak."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from tests.support.toy_candidate import ToyCandidate, toy_context
from tests.support.toy_star import FIRST, LAST, star_of_lines

from gosales.gauntlet.audited_check import audited_check
from gosales.gauntlet.finding import Outcome, Subject
from gosales.gauntlet.zoo.hosted_candidate import HostedCandidate

N = 600
YEARS = (LAST - FIRST).days / 365
IDS = np.array([f"c{i:04d}" for i in range(N)], dtype=object)


@pytest.fixture(scope="module")
def statistics():
    conf = Path(__file__).resolve().parents[2] / "conf"
    with initialize_config_dir(str(conf), version_base=None):
        policy = instantiate(compose("gauntlet/approved").gauntlet)
    told = (Subject.LEAK, False)
    # The one that refits the model asks nothing that these logs could be taken for.
    dear = {"permutation"}
    return {
        n: c
        for n, c in policy.checks.items()
        if (c.subject, c.is_proof) == told and n in policy.required and n not in dear
    }


def lines(division, who, days):
    dates = pd.Timestamp(FIRST) + pd.to_timedelta(np.asarray(days), unit="D")
    return pd.DataFrame({"customer_id": who, "order_date": dates, "division": division})


def at_random(rng, division, rates):
    """Orders on any day, at so many a year."""
    who = np.repeat(IDS, rng.poisson(np.broadcast_to(rates, N) * YEARS))
    return lines(division, who, rng.integers(0, (LAST - FIRST).days + 1, len(who)))


def campaign(rng, who, first_day, rate):
    """More orders for a quarter, at so many a year."""
    begin = (pd.Timestamp(first_day) - pd.Timestamp(FIRST)).days
    who = np.repeat(who, rng.poisson(rate * 91 / 365, len(who)))
    return lines("alpha", who, begin + rng.integers(0, 91, len(who)))


def renewed(rng, who, first, months, kept):
    """Orders every so many months from a first day on, until one is not renewed."""
    parts = []
    for customer, day in zip(who, first, strict=True):
        times = int(rng.geometric(1 - kept))
        at = [day + pd.DateOffset(months=months * k) for k in range(times)]
        parts.append(pd.DataFrame({"customer_id": customer, "order_date": at, "division": "alpha"}))
    return pd.concat(parts)


def said(statistics, folder, log, **attributes):
    star = star_of_lines(folder / "star", log, **attributes)
    context = toy_context(star, HostedCandidate(ToyCandidate(), 0.0), folder / "work")
    return {n: audited_check(n, c, context) for n, c in statistics.items()}


def no_leak(found):
    loud = {n: f.reason for n, f in found.items() if f.outcome in (Outcome.FAIL, Outcome.ERROR)}
    assert loud == {}


def test_renewals_on_the_day_after_each_cutoff(statistics, tmp_path):
    rng = np.random.default_rng(1)
    some = rng.choice(IDS, 200, replace=False)
    first = rng.choice(pd.date_range("2021-01-01", "2022-10-01", freq="QS"), len(some))
    log = [renewed(rng, some, pd.DatetimeIndex(first), 3, 0.97)]
    log += [at_random(rng, "alpha", np.where(np.isin(IDS, some), 0, 0.2))]
    log += [at_random(rng, "beta", 0.7)]
    found = said(statistics, tmp_path, pd.concat(log))
    no_leak(found)


def test_renewals_each_year_on_any_day(statistics, tmp_path):
    rng = np.random.default_rng(2)
    some = rng.choice(IDS, 300, replace=False)
    first = rng.choice(pd.date_range("2021-01-01", "2022-12-31"), len(some))
    log = [renewed(rng, some, pd.DatetimeIndex(first), 12, 0.98), at_random(rng, "beta", 0.7)]
    found = said(statistics, tmp_path, pd.concat(log))
    no_leak(found)


def test_ids_given_in_order_of_the_first_purchase(statistics, tmp_path):
    rng = np.random.default_rng(3)
    # The older an account, the more it buys.
    age = np.linspace(4, 0.3, N)
    log = pd.concat([at_random(rng, "alpha", 0.1 * age**2), at_random(rng, "beta", 0.7)])
    old = (pd.Timestamp(LAST) - log["order_date"]).dt.days / 365
    log = log[old <= log["customer_id"].map(dict(zip(IDS, age, strict=True)))]
    found = said(statistics, tmp_path, log)
    no_leak(found)


def test_ids_from_a_number_range_of_each_branch(statistics, tmp_path):
    rng = np.random.default_rng(8)
    # The log does not say which branch; the one of the last third sells more.
    rates = np.where(np.arange(N) < N * 2 // 3, 0.5, 1.0)
    log = pd.concat([at_random(rng, "alpha", rates), at_random(rng, "beta", 0.7)])
    only = {"identifier_order": statistics["identifier_order"]}
    found = said(only, tmp_path, log)
    no_leak(found)
    assert found["identifier_order"].outcome is Outcome.WARN


def test_a_segment_that_decides_who_buys(statistics, tmp_path):
    rng = np.random.default_rng(4)
    segment = rng.choice(["north", "south", "west"], N)
    rates = pd.Series({"north": 8.0, "south": 0.8, "west": 0.1})[segment].to_numpy()
    log = pd.concat([at_random(rng, "alpha", rates), at_random(rng, "beta", 0.7)])
    found = said(statistics, tmp_path, log, region=dict(zip(IDS, segment, strict=True)))
    no_leak(found)


def test_a_segment_of_few_orders_on_a_short_log(statistics, tmp_path):
    rng = np.random.default_rng(101)
    segment = rng.choice(["north", "south", "west"], N)
    rates = pd.Series({"north": 3.0, "south": 0.8, "west": 0.1})[segment].to_numpy()
    log = pd.concat([at_random(rng, "alpha", rates), at_random(rng, "beta", 0.7)])
    held = ("attribute_hindsight", "attribute_vintage", "single_feature", "identifier_order")
    only = {name: statistics[name] for name in held}
    found = said(only, tmp_path, log, region=dict(zip(IDS, segment, strict=True)))
    no_leak(found)
    assert found["attribute_hindsight"].outcome is Outcome.WARN


@pytest.mark.parametrize("first_day", ["2023-10-01", "2023-08-15"])
def test_a_campaign_in_a_region(statistics, tmp_path, first_day):
    """In one label window, or across two."""
    rng = np.random.default_rng(21)
    region = rng.choice(["north", "south", "west"], N)
    log = [at_random(rng, "alpha", 0.6), at_random(rng, "beta", 0.7)]
    log += [campaign(rng, IDS[region == "north"], first_day, 1.5)]
    held = ("attribute_hindsight", "attribute_vintage", "single_feature")
    only = {name: statistics[name] for name in held}
    found = said(only, tmp_path, pd.concat(log), region=dict(zip(IDS, region, strict=True)))
    no_leak(found)


def test_a_campaign_that_goes_from_region_to_region(statistics, tmp_path):
    rng = np.random.default_rng(1)
    region = rng.choice(["north", "south", "west"], N)
    log = [at_random(rng, "alpha", 0.6), at_random(rng, "beta", 0.7)]
    for name, day in (("north", "2023-04-01"), ("south", "2023-10-01"), ("west", "2024-07-01")):
        log += [campaign(rng, IDS[region == name], day, 1.5)]
    only = {"attribute_hindsight": statistics["attribute_hindsight"]}
    found = said(only, tmp_path, pd.concat(log), region=dict(zip(IDS, region, strict=True)))
    no_leak(found)
    assert found["attribute_hindsight"].outcome is Outcome.WARN


def test_the_number_of_all_orders_is_no_such_trait(statistics, tmp_path):
    rng = np.random.default_rng(201)
    log = pd.concat([at_random(rng, "alpha", rng.gamma(1.0, 1.5, N)), at_random(rng, "beta", 0.3)])
    orders = log.groupby("customer_id").size().astype(float).to_dict()
    only = {"attribute_hindsight": statistics["attribute_hindsight"]}
    found = said(only, tmp_path, log, size=orders)
    assert found["attribute_hindsight"].outcome is Outcome.FAIL


def test_subscribers_billed_each_month_on_one_day(statistics, tmp_path):
    rng = np.random.default_rng(5)
    some = rng.choice(IDS, 150, replace=False)
    first = rng.choice(pd.date_range("2021-01-01", "2022-12-31", freq="MS"), len(some))
    log = [renewed(rng, some, pd.DatetimeIndex(first), 1, 0.98)]
    log += [at_random(rng, "alpha", np.where(np.isin(IDS, some), 0, 0.1))]
    log += [at_random(rng, "beta", 0.7)]
    found = said(statistics, tmp_path, pd.concat(log))
    no_leak(found)
