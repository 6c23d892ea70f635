"""Another order of the same accounts, and what is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gosales.gauntlet.order_difference import OrderLimits, order_differences, order_lost

COLUMN = "toy__gp_sum__all__6m"
LIMITS = OrderLimits(order=0.98, grouping=0.9, left_out=0.01, least_left_out=3)


@pytest.fixture
def panel(audit):
    context = audit()
    return context.training.at([context.training.cutoffs[0]])


def differences(panel, column, values):
    changed = panel.with_features(panel.X.assign(**{column: values}))
    return order_differences(panel, changed, LIMITS)


def test_what_computing_leaves_of_equal_quotients_is_no_order():
    rng = np.random.default_rng(3)
    price, amount = rng.choice([0.2, 0.4], 500), rng.integers(1, 900, 500)
    old = pd.Series((price * amount) / amount)
    new = pd.Series((price * amount * 101.0) / (amount * 101.0))
    assert not new.equals(old)
    assert not order_lost(old, new, LIMITS).any()


@pytest.mark.parametrize("change", [lambda x: x, lambda x: 2 * x, lambda x: np.log1p(x.clip(0))])
def test_other_money_keeps_the_order(panel, change):
    assert differences(panel, COLUMN, change(panel.X[COLUMN])) == []


def test_a_table_that_finds_nothing_is_told(panel):
    found = differences(panel, COLUMN, np.zeros(len(panel)))
    assert [d["column"] for d in found] == [COLUMN]
    assert found[0]["rows"] == int((panel.X[COLUMN] != 0).sum())


def test_values_that_go_missing_are_told(panel):
    found = differences(panel, COLUMN, np.full(len(panel), np.nan))
    assert [(d["column"], d["rows"]) for d in found] == [(COLUMN, len(panel))]


def test_an_answer_added_in_small_is_told():
    rng = np.random.default_rng(1)
    revenue, answer = pd.Series(rng.lognormal(6, 1, 600)), rng.random(600)
    keyed = revenue + 0.3 * revenue.std() * answer
    assert np.corrcoef(keyed.rank(), revenue.rank())[0, 1] > 0.9
    assert order_lost(keyed, revenue * 1.01, LIMITS).all()


def test_a_few_other_accounts_are_not(panel):
    values = panel.X[COLUMN].to_numpy(copy=True)
    values[: len(values) // 100] = values.max() * 2
    assert differences(panel, COLUMN, values) == []


def test_a_flag_of_few_accounts_that_vanishes_is_told(panel):
    flag = np.zeros(len(panel))
    flag[: len(flag) // 25] = 1.0
    keyed = panel.with_features(panel.X.assign(**{COLUMN: flag}))
    lost = panel.with_features(panel.X.assign(**{COLUMN: np.zeros(len(panel))}))
    found = order_differences(keyed, lost, LIMITS)
    assert [d["rows"] for d in found] == [len(flag) // 25]


@pytest.mark.parametrize("place", [0.5, 0.8, 0.98, 0.995])
def test_a_threshold_that_few_accounts_cross_is_not(place):
    money = pd.Series(np.random.default_rng(2).lognormal(6, 1.2, 600))
    old, new = ((money * f > money.quantile(place)).astype(float) for f in (1.0, 1.01))
    assert not order_lost(old, new, LIMITS).any()


def test_what_is_the_same_for_all_orders_nobody(panel):
    old, new = (panel.with_features(panel.X.assign(**{COLUMN: v})) for v in (12.0, 40.0))
    assert order_differences(old, new, LIMITS) == []


def test_categories_are_compared_by_who_shares_them(panel):
    region = "profile__region__all__static"
    assert [d["column"] for d in differences(panel, region, "elsewhere")] == [region]
    # Other names for the same groups, as a year of a cohort has in another calendar.
    assert differences(panel, region, panel.X[region] + " 1995") == []


def test_what_is_known_of_a_row_is_compared_too(panel):
    turned = panel.rows.assign(is_owner=~panel.rows["is_owner"])
    found = order_differences(panel, type(panel)(**{**vars(panel), "rows": turned}), LIMITS)
    assert [d["column"] for d in found] == ["is_owner"]


def test_a_column_that_only_one_has_is_told(panel):
    found = order_differences(panel, panel.with_features(panel.X.drop(columns=COLUMN)), LIMITS)
    assert [(d["column"], d["rows"]) for d in found] == [(COLUMN, len(panel))]


def test_another_roster_cannot_be_compared(panel):
    found = order_differences(panel, panel.take(np.arange(len(panel) - 1)), LIMITS)
    assert [d["column"] for d in found] == ["(roster)"]
