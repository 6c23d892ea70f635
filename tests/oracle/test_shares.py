"""Shares and numbers of different things, recomputed line by line from the formulas."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from tests.support.plain_log import Cell, Line, Lines, assert_every_cell, bought, total
from tests.support.random_log import SKUS

from gosales.features.families.diversity import Diversity
from gosales.features.families.division_mix import DivisionMix
from gosales.features.families.season import Season


def share(mine: Lines, every: Lines, inside: Callable[[Line], bool], what: str) -> float:
    def size(lines: Lines) -> float:
        if what == "count_share":
            return len(lines)
        return float(total(x.money for x in lines if x.money is not None and x.money > 0))

    mine, every = bought(mine), bought(every)
    part = [x for x in mine if inside(x)]
    if not part:
        return 0.0
    prior = size([x for x in every if inside(x)]) / size(every)
    raw = size(part) / size(mine) if size(mine) else prior
    return (len(mine) * raw + 5.0 * prior) / (len(mine) + 5.0)


def test_division_mix(log) -> None:
    def mix(cell: Cell) -> float:
        measure, inside = cell.spec.measure, cell.inside
        if cell.spec.scope == "all":
            measure, _, division = measure.rpartition("_")

            def inside(x: Line) -> bool:
                return x.division == division

        here = [x for x in cell.own if inside(x)]
        if measure == "tx_count":
            return len(bought(here))
        if measure == "gp_sum":
            return float(total(x.money for x in here))
        if measure == "days_since_last":
            return min(((cell.end - x.day).days for x in bought(here)), default=math.nan)
        return share(cell.own, cell.every, inside, measure)

    exact = ["tx_count", "gp_sum", "days_since"]
    assert_every_cell(DivisionMix(divisions=list(SKUS)), log, mix, exact)


def test_diversity(log) -> None:
    def diversity(cell: Cell) -> float:
        column = "sku" if cell.spec.measure == "sku_count" else "division"
        return len({getattr(x, column) for x in bought(cell.mine)})

    assert_every_cell(Diversity(), log, diversity, ["sku_count", "division_count"])


@pytest.mark.parametrize("family", [Season(), Season(months=12, prior_strength=0.5)])
def test_season(family, log) -> None:
    def season(cell: Cell) -> float:
        def in_quarter(x: Line) -> bool:
            return (x.day.month + 2) // 3 == int(cell.spec.measure[1])

        mine = bought(cell.mine)
        if not mine:
            return math.nan
        part = len([x for x in mine if in_quarter(x)])
        if cell.spec.scope == "all":
            return part / len(mine)
        peers = [x for x in bought(cell.every) if cell.inside(x)]
        prior = len([x for x in peers if in_quarter(x)]) / len(peers)
        k = family.prior_strength
        return (part + k * prior) / (len(mine) + k)

    assert_every_cell(family, log, season)
