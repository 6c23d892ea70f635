"""Columns that put the same accounts in another order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.features.panel import Panel
from gosales.gauntlet.panel_difference import OUTCOME_COLUMNS, bits_differ

_BITS: Final = 30  # of 53: what computing leaves of equal quotients lies far below


@dataclass(frozen=True)
class OrderLimits:
    """How much of an order must stay.

    Parameters
    ----------
    order : float
        Least rank correlation of old and new numbers, a missing value being the lowest.
    grouping : float
        Least share of the accounts outside the most frequent category that stay together: whose
        old and new category are each most frequent within the other.
    left_out : float
        Share of the accounts that may do what they will: those that move furthest are left out.
    least_left_out : int
        As many at least: in a flag of five accounts, one that crosses a threshold is much.
    """

    order: float
    grouping: float
    left_out: float
    least_left_out: int

    def free(self, n: int) -> int:
        """How many of ``n`` accounts may do what they will."""
        return max(self.least_left_out, int(self.left_out * n))


def order_differences(reported: Panel, rebuilt: Panel, limits: OrderLimits) -> list[dict[str, Any]]:
    """Columns that order or group the accounts of one cutoff quite otherwise.

    Parameters
    ----------
    reported, rebuilt : Panel
        Of the same cutoff and the same accounts in the same order.
    limits : OrderLimits
        How much must stay.

    Returns
    -------
    list of dict
        With keys column, rows (how many values differ) and customer_id (the first one), for
        features and for what is known of each row at the cutoff.

    Notes
    -----
    Sums, means and slopes of money grow with it, shares and counts stay, logarithms keep the
    order; amounts that are a little larger take few accounts across a threshold. A table of
    answers that finds nothing keeps no order.
    """
    customers = reported.rows[CUSTOMER].astype(str)
    if list(customers) != list(rebuilt.rows[CUSTOMER].astype(str)):
        return [{"column": "(roster)", "rows": len(reported), "customer_id": ""}]
    old, new = _columns(reported), _columns(rebuilt)
    found = [
        {"column": name, "rows": len(reported), "customer_id": ""}
        for name in sorted(set(old) ^ set(new))
    ]
    for name in old.keys() & new.keys():
        differ = order_lost(old[name], new[name], limits)
        if differ.any():
            first = str(customers.iloc[int(differ.argmax())])
            found.append({"column": name, "rows": int(differ.sum()), "customer_id": first})
    return sorted(found, key=lambda d: (-int(d["rows"]), str(d["column"])))


def order_lost(old: pd.Series, new: pd.Series, limits: OrderLimits) -> np.ndarray:
    """Which values differ, where so much does that the order is another one; otherwise none.

    Examples
    --------
    >>> limits = OrderLimits(0.9, 0.9, 0.0, 0)
    >>> old = pd.Series([1.0, 2.0, 3.0])
    >>> [bool(order_lost(old, new, limits).any()) for new in (old * 1.01, -old)]
    [False, True]
    """
    if pd.api.types.is_numeric_dtype(old) and pd.api.types.is_numeric_dtype(new):
        return _numbers_lost(old, new, limits)
    here, there = (c.astype("string").fillna("").to_numpy(dtype=object) for c in (old, new))
    pairs = pd.DataFrame({"old": here, "new": there})
    apart = (pairs["new"] != _most_frequent(pairs, "old", "new")) | (
        pairs["old"] != _most_frequent(pairs, "new", "old")
    )
    others = len(pairs) - int(pairs["old"].value_counts().iloc[0]) if len(pairs) else 0
    most = max(limits.free(len(pairs)), (1 - limits.grouping) * others)
    differ: np.ndarray = apart.to_numpy(dtype=bool) & bool(apart.sum() > most)
    return differ


def _columns(panel: Panel) -> dict[str, pd.Series]:
    known = [c for c in panel.rows if c not in {CUSTOMER, CUTOFF, *OUTCOME_COLUMNS}]
    return {str(c): frame[c] for frame in (panel.rows[known], panel.X) for c in frame}


def _most_frequent(pairs: pd.DataFrame, of: str, within: str) -> pd.Series:
    """Per row the value of one column that is most frequent where the other is as here."""
    counts = pairs.groupby([of, within]).size().sort_values(ascending=False, kind="stable")
    best = counts.reset_index().drop_duplicates(of).set_index(of)[within]
    return pairs[of].map(best)


def _numbers_lost(old: pd.Series, new: pd.Series, limits: OrderLimits) -> np.ndarray:
    a, b = (c.to_numpy(dtype="float64", na_value=np.nan) for c in (old, new))
    differ = bits_differ(a, b)
    if not differ.any() or _agreement(a, b, limits) >= limits.order:
        return np.zeros(len(a), dtype=bool)
    return differ


def _agreement(a: np.ndarray, b: np.ndarray, limits: OrderLimits) -> float:
    """Rank correlation of those that move least; 1 where both tell no account from another."""
    moved = np.abs(_ranks(a) - _ranks(b))
    kept = np.argsort(moved, kind="stable")[: max(0, len(a) - limits.free(len(a)))]
    x, y = _ranks(a[kept]), _ranks(b[kept])
    flat = [len(v) == 0 or v.std() == 0 for v in (x, y)]
    if any(flat):
        return float(all(flat))
    return float(np.corrcoef(x, y)[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    found: np.ndarray = pd.Series(_rounded(values)).rank(na_option="top").to_numpy(dtype="float64")
    return found


def _rounded(values: np.ndarray) -> np.ndarray:
    """Nine digits that count: the margins of one price list are equal, whatever is left of them."""
    mantissa, exponent = np.frexp(values)
    rounded: np.ndarray = np.ldexp(np.round(mantissa * 2.0**_BITS), exponent - _BITS)
    return rounded
