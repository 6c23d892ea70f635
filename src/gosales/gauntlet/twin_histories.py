"""Accounts whose whole history is that of another account, give or take some days and lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import ibis
import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, ORDER_DATE, SKU_KEY
from gosales.data.as_of import AsOfView

_WHOLE = 0  # in place of a year
# More accounts than this with one year's goods do so by nature (a price list, a subscription).
_MOST_ALIKE = 20
_STEP_SLACK = 0.1  # of the longer step: a month of 28 days keeps the step of one of 31


@dataclass(frozen=True)
class TwinHistories:
    """Which histories are the same.

    Parameters
    ----------
    min_days : int
        A history on fewer distinct days is too common to be a signature.
    min_lines : int
        A history of fewer lines likewise.
    shift_days : int
        Days by which a line of one may lie from its like in the other.
    min_match : float
        Least share of lines (of both together) that have their like in the other.

    Notes
    -----
    Amounts and invoices are left out, so that a copy with altered amounts is found too. Two
    histories are compared when they hold the same goods, each as often, in all or in some
    calendar year; a copy with moved dates and a few lines more or less agrees in some year.

    An order that keeps the step of the two before it is no mark of an account: everybody with
    that subscription has it. Such lines neither make a history long enough nor count among those
    that have their like, so that subscribers of one day are not taken for copies.
    """

    min_days: int
    min_lines: int
    shift_days: int
    min_match: float

    def pairs(self, view: AsOfView) -> tuple[dict[str, set[str]], int]:
        """Twins of each customer that has any, and how many customers have a history long enough.

        Parameters
        ----------
        view : AsOfView
            At one cutoff.
        """
        lines = view.transactions()
        whole = self._goods(view, lines, None)
        long = whole[(whole["days"] >= self.min_days) & (whole["lines"] >= self.min_lines)]
        known = set(long[CUSTOMER])
        years = self._goods(view, lines, lines[ORDER_DATE].year())
        keys = pd.concat([long, years[years["lines"] >= self.min_lines]], ignore_index=True)
        candidates = sorted(set(self._candidates(keys[keys[CUSTOMER].isin(known)])))
        histories = self._histories(view, lines, {c for pair in candidates for c in pair})
        twins: dict[str, set[str]] = defaultdict(set)
        for a, b in candidates:
            if self._alike(histories[a], histories[b]):
                twins[a].add(b)
                twins[b].add(a)
        return dict(twins), len(known)

    def _goods(self, view: AsOfView, lines: ibis.Table, year: ibis.Value | None) -> pd.DataFrame:
        table = lines.mutate(year=ibis.literal(_WHOLE) if year is None else year)
        frame = view.engine.run(
            table.group_by([CUSTOMER, "year"]).aggregate(
                goods=table[SKU_KEY].group_concat(";", order_by=table[SKU_KEY]),
                days=table[ORDER_DATE].nunique(),
                lines=ibis._.count(),
            )
        )
        return frame.assign(**{CUSTOMER: frame[CUSTOMER].astype(str)})

    def _candidates(self, keys: pd.DataFrame) -> Iterator[tuple[str, str]]:
        for _, group in keys.groupby(["year", "goods"])[CUSTOMER]:
            if 1 < len(group) <= _MOST_ALIKE:
                yield from combinations(sorted(group), 2)

    def _histories(
        self, view: AsOfView, lines: ibis.Table, customers: set[str]
    ) -> dict[str, dict[str, np.ndarray]]:
        """Sorted days per SKU of some customers."""
        if not customers:
            return {}
        chosen = lines.filter(lines[CUSTOMER].isin(sorted(customers)))
        frame = view.engine.run(chosen.select(CUSTOMER, SKU_KEY, ORDER_DATE))
        day = pd.to_datetime(frame[ORDER_DATE]).to_numpy().astype("datetime64[D]").astype("int64")
        frame = frame.assign(day=day).sort_values("day")
        found: dict[str, dict[str, np.ndarray]] = defaultdict(dict)
        for (customer, sku), days in frame.groupby([CUSTOMER, SKU_KEY])["day"]:
            found[str(customer)][str(sku)] = days.to_numpy()
        return found

    def _alike(self, a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
        own_a, own_b = ({sku: self._unforeseen(d) for sku, d in h.items()} for h in (a, b))
        if not (self._long(own_a) and self._long(own_b)):
            return False
        total = sum(map(len, own_a.values())) + sum(map(len, own_b.values()))
        matched = sum(
            _matched(own[sku], other[sku], self.shift_days)
            for own, other in ((own_a, b), (own_b, a))
            for sku in own.keys() & other.keys()
        )
        return matched >= self.min_match * total

    def _long(self, history: dict[str, np.ndarray]) -> bool:
        days = np.concatenate(list(history.values()))
        return len(days) >= self.min_lines and len(np.unique(days)) >= self.min_days

    def _unforeseen(self, days: np.ndarray) -> np.ndarray:
        """The days of one SKU without those whose step from the last is that of the last."""
        distinct = np.unique(days)
        steps = np.diff(distinct)
        # Months and quarters differ by days; of short steps chance would keep many.
        longer = np.maximum(steps[:-1], steps[1:])
        slack = np.clip(longer * _STEP_SLACK, 1, self.shift_days)
        kept = np.abs(np.diff(steps)) <= slack
        return days[~np.isin(days, distinct[2:][kept])]


def _matched(a: np.ndarray, b: np.ndarray, shift: int) -> int:
    """How many days of one list have a like in the other, each used once."""
    i = j = found = 0
    while i < len(a) and j < len(b):
        gap = a[i] - b[j]
        if abs(gap) <= shift:
            i, j, found = i + 1, j + 1, found + 1
        elif gap < 0:
            i += 1
        else:
            j += 1
    return found
