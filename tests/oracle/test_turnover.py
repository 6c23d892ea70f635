"""Counts, money and returns of every window, recomputed line by line from their formulas."""

from __future__ import annotations

import math
from functools import partial

import pytest
from tests.support.plain_log import Cell, Lines, assert_every_cell, bought, months_before, total

from gosales.features.families.delta import Delta
from gosales.features.families.lag_proxy import LagProxy
from gosales.features.families.offset import Offset
from gosales.features.families.returns import Returns
from gosales.features.families.rfm import Rfm

EXACT = ("tx_count", "gp_sum", "line_count")


def turnover(mine: Lines, measure: str, money: str = "auto") -> float:
    count = len(bought(mine))
    if measure == "tx_count":
        return count
    net = float(total(x.gp if money == "gp" else x.money for x in mine))
    if measure == "gp_sum":
        return net
    if measure == "gp_mean":
        return net / count if count else math.nan
    both = [x for x in mine if x.gp is not None and x.revenue is not None]
    revenue = total(x.revenue for x in both)
    return float(total(x.gp for x in both)) / float(revenue) if revenue > 0 else math.nan


def of_window(cell: Cell, money: str) -> float:
    return turnover(cell.mine, cell.spec.measure, money)


@pytest.mark.parametrize(
    "family",
    [Rfm(), Rfm(money="gp"), Offset(), Offset(months=[12], lag_days=45, money="gp")],
    ids=["rfm", "rfm-gp", "offset", "offset-gp"],
)
def test_turnover(family, log) -> None:
    assert_every_cell(family, log, partial(of_window, money=family.money), EXACT)


def test_short_lagged_rates(log) -> None:
    def rate(cell: Cell) -> float:
        measure = {"tx_rate": "tx_count", "gp_rate": "gp_sum"}[cell.spec.measure]
        return turnover(cell.mine, measure) / 2

    assert_every_cell(LagProxy(), log, rate)


@pytest.mark.parametrize("family", [Delta(), Delta(months=3, lag_days=60, money="gp")])
def test_the_later_half_against_the_earlier(family, log) -> None:
    def compared(cell: Cell) -> float:
        measure, _, kind = cell.spec.measure.rpartition("_")
        middle = months_before(cell.end, family.months)
        halves = [[x for x in cell.mine if (x.day > middle) is late] for late in (True, False)]
        if measure == "tx_count":
            a, b = (len(bought(half)) for half in halves)
        else:
            a, b = (total(x.gp if family.money == "gp" else x.money for x in h) for h in halves)
        if kind == "change":
            return float(a - b)
        size = abs(a) + abs(b)
        return float(a - b) / float(size) if size else math.nan

    assert_every_cell(family, log, compared, ["tx_count_change", "gp_sum_change"])


def test_returns(log) -> None:
    def sent_back(cell: Cell) -> float:
        back = sum(x.quantity < 0 for x in cell.mine)
        if cell.spec.measure == "line_count":
            return back
        return back / len(cell.mine) if cell.mine else math.nan

    assert_every_cell(Returns(), log, sent_back, EXACT)
