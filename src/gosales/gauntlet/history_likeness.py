"""How much of two histories is the same."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gosales.gauntlet.history_lines import HistoryLines


class _Goods(NamedTuple):
    """Lines of one account and SKU: those compared with their weights, and the days of all."""

    days: list[int]
    weights: list[float]
    weight: float
    all_days: list[int]


class HistoryLikeness:
    """Compares the lines of two accounts.

    Parameters
    ----------
    lines : HistoryLines
        The log.
    marks : numpy.ndarray of bool, shape (n,)
        Lines that are compared; each may find its like among all lines of the other.
    weight : numpy.ndarray, shape (n,)
        What a line counts, above 0.
    shift_days : int
        Days by which a line of one may lie from its like in the other.
    """

    def __init__(
        self, lines: HistoryLines, marks: np.ndarray, weight: np.ndarray, shift_days: int
    ) -> None:
        self._lines = lines
        self._marks = marks
        self._weight = weight
        self._shift = shift_days
        self._kept: dict[int, dict[int, _Goods]] = {}

    def reaches(self, share: float, a: int, b: int) -> bool:
        """Whether so much weight of the lines (of both together) has its like in the other.

        Parameters
        ----------
        share : float
            Of the weight of all lines compared.
        a, b : int
            Positions in the names of the log.
        """
        first, second = self._goods(a), self._goods(b)
        total = sum(g.weight for goods in (first, second) for g in goods.values())
        common = first.keys() & second.keys()
        # Most pairs are told apart by the SKUs alone.
        if sum(first[sku].weight + second[sku].weight for sku in common) < share * total:
            return False
        matched = sum(
            self._matched(own[sku], other[sku])
            for own, other in ((first, second), (second, first))
            for sku in sorted(common)
        )
        return matched >= share * total

    def _goods(self, account: int) -> dict[int, _Goods]:
        if account not in self._kept:
            lines = self._lines
            self._kept[account] = {
                sku: _Goods(
                    lines.day[rows][self._marks[rows]].tolist(),
                    self._weight[rows][self._marks[rows]].tolist(),
                    float(self._weight[rows][self._marks[rows]].sum()),
                    lines.day[rows].tolist(),
                )
                for sku, rows in lines.by_sku(account).items()
            }
        return self._kept[account]

    def _matched(self, own: _Goods, other: _Goods) -> float:
        """Weight of the lines that have a like in the other, each used once."""
        i = j = 0
        found = 0.0
        while i < len(own.days) and j < len(other.all_days):
            gap = own.days[i] - other.all_days[j]
            if abs(gap) <= self._shift:
                found += own.weights[i]
                i, j = i + 1, j + 1
            elif gap < 0:
                i += 1
            else:
                j += 1
        return found
