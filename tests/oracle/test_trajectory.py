"""Slope and standard deviation of monthly measures, by a least-squares fit per customer."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tests.support.plain_log import Cell, assert_every_cell, bought, months_before, total

from gosales.features.families.trajectory import Trajectory


@pytest.mark.parametrize("family", [Trajectory(), Trajectory(months=5, lag_days=45, money="gp")])
def test_slope_and_swing_of_the_months(family, log) -> None:
    def monthly(cell: Cell, measure: str) -> list[float]:
        edges = [months_before(cell.end, k) for k in range(family.months, -1, -1)]
        found = []
        for start, end in pairwise(edges):
            lines = [x for x in cell.mine if start < x.day <= end]
            money = total(x.gp if family.money == "gp" else x.money for x in lines)
            found.append(len(bought(lines)) if measure == "tx_count" else float(money))
        return found

    def fitted(cell: Cell) -> float:
        measure, _, kind = cell.spec.measure.rpartition("_")
        values = monthly(cell, measure)
        if kind == "sd":
            return float(np.std(values))
        line = np.polyfit(range(len(values)), values, 1)
        # polyfit leaves rounding where the slope is zero.
        return float(np.round(line[0], 9))

    assert_every_cell(family, log, fitted, tolerance=1e-8)
