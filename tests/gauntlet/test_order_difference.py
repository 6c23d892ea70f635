"""Another order of the same accounts, and what is none."""

from __future__ import annotations

import numpy as np
import pytest

from gosales.gauntlet.order_difference import order_differences

COLUMN = "toy__gp_sum__all__6m"


@pytest.fixture
def panel(audit):
    context = audit()
    return context.training.at([context.training.cutoffs[0]])


def differences(panel, column, values):
    return order_differences(panel, panel.with_features(panel.X.assign(**{column: values})))


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


def test_a_few_other_accounts_are_not(panel):
    values = panel.X[COLUMN].to_numpy(copy=True)
    values[: len(values) // 100] = values.max() * 2
    assert differences(panel, COLUMN, values) == []


def test_a_flag_of_few_accounts_that_vanishes_is_told(panel):
    flag = np.zeros(len(panel))
    flag[: len(flag) // 25] = 1.0
    keyed = panel.with_features(panel.X.assign(**{COLUMN: flag}))
    lost = panel.with_features(panel.X.assign(**{COLUMN: np.zeros(len(panel))}))
    assert [d["rows"] for d in order_differences(keyed, lost)] == [len(flag) // 25]


def test_a_threshold_that_few_accounts_cross_is_not(panel):
    money = panel.X[COLUMN].to_numpy() * 100
    flags = [(money * factor > np.quantile(money, 0.8)).astype(float) for factor in (1.0, 1.01)]
    old, new = (panel.with_features(panel.X.assign(**{COLUMN: f})) for f in flags)
    assert order_differences(old, new) == []


def test_what_is_the_same_for_all_orders_nobody(panel):
    old, new = (panel.with_features(panel.X.assign(**{COLUMN: v})) for v in (12.0, 40.0))
    assert order_differences(old, new) == []


def test_categories_are_compared_too(panel):
    region = "profile__region__all__static"
    assert [d["column"] for d in differences(panel, region, "elsewhere")] == [region]


def test_another_roster_cannot_be_compared(panel):
    found = order_differences(panel, panel.take(np.arange(len(panel) - 1)))
    assert [d["column"] for d in found] == ["(roster)"]
