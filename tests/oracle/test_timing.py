"""When a customer bought, recomputed line by line from the formulas."""

from __future__ import annotations

import math
import statistics
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from tests.support.plain_log import Cell, Lines, assert_every_cell, bought, by_customer

from gosales.features.families.cycle import Cycle
from gosales.features.families.recency import Recency
from gosales.features.families.tenure import Tenure


def days_since_last(mine: Lines, end: date) -> int | None:
    return min(((end - x.day).days for x in bought(mine)), default=None)


def test_recency(log) -> None:
    def recency(cell: Cell) -> float:
        days = days_since_last(cell.mine, cell.end)
        measure = cell.spec.measure
        if measure.startswith("decay"):
            return 0.0 if days is None else 2 ** (-days / int(measure.split("_")[1][:-1]))
        if days is None:
            return math.nan
        return days if measure == "days_since_last" else math.log1p(days)

    assert_every_cell(Recency(), log, recency, ["days_since"])


def test_tenure(log) -> None:
    def tenure(cell: Cell) -> Any:
        lines = bought(cell.mine)
        if cell.spec.measure == "active_months":
            return len({(x.day.year, x.day.month) for x in lines})
        days = max(((cell.end - x.day).days for x in lines), default=None)
        if days is None:
            return None
        months = days / 30.4375
        if cell.spec.measure == "months_since_first":
            return months
        names = {3: "lt_3m", 6: "3m_6m", 12: "6m_12m", 24: "12m_24m"}
        return next((name for edge, name in names.items() if months < edge), "ge_24m")

    assert_every_cell(Tenure(), log, tenure, ["active_months"])


def gaps_of(mine: Lines) -> list[int]:
    days = sorted({x.day for x in bought(mine)})
    return [(b - a).days for a, b in pairwise(days)]


def observed(mine: Lines, end: date) -> int:
    return (end - min(x.day for x in bought(mine))).days


@pytest.mark.parametrize("family", [Cycle(), Cycle(lag_days=100, prior_strength=0.5)])
def test_cycle(family, log) -> None:
    def hazard(cell: Cell) -> float:
        if not bought(cell.mine):
            return math.nan
        peers = by_customer([x for x in bought(cell.every) if cell.inside(x)]).values()
        events = sum(len(gaps_of(lines)) for lines in peers)
        days = sum(observed(lines, cell.end) for lines in peers)
        if not events:
            return 0.0
        # The posterior mean of a rate with prior Gamma(k, k / pooled rate).
        shape, time = family.prior_strength, family.prior_strength * days / events
        n, e = len(gaps_of(cell.mine)), observed(cell.mine, cell.end)
        return 30 * (shape + n) / (time + e)

    def cycle(cell: Cell) -> float:
        if cell.spec.measure == "hazard":
            return hazard(cell)
        gaps = gaps_of(cell.mine)
        if not gaps:
            return math.nan
        median = statistics.median(gaps)
        return {
            "gap_median": median,
            "gap_mean": statistics.fmean(gaps),
            "gap_last": gaps[-1],
            "gap_last_ratio": gaps[-1] / median,
            "days_to_next": median - days_since_last(cell.mine, cell.end),
        }[cell.spec.measure]

    assert_every_cell(family, log, cycle, ["gap_median", "days_to_next"])
