"""Where two panels of the same rows differ, to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import pandas as pd

from gosales.core.columns import (
    COHORT,
    CUSTOMER,
    CUTOFF,
    FIRST_EVENT_DAYS,
    LABEL,
    LABEL_GP,
    LABEL_VALUE,
)
from gosales.features.panel import Panel

OUTCOME_COLUMNS = frozenset({LABEL, LABEL_VALUE, LABEL_GP, FIRST_EVENT_DAYS, COHORT})
Part = Literal["features", "outcome", "all"]


def panel_differences(reported: Panel, rebuilt: Panel, part: Part) -> list[dict[str, Any]]:
    """Compare a rebuilt panel with the reported one.

    Parameters
    ----------
    reported, rebuilt : Panel
        Of the same cutoff.
    part : {"features", "outcome", "all"}
        ``features``: the roster, what is known of each row at the cutoff, and ``X``;
        ``outcome``: the roster and the label columns; ``all``: both.

    Returns
    -------
    list of dict
        One entry per differing thing, with keys column, rows (how many differ), customer_id (the
        first one); empty when the panels are identical to the last bit.

    Notes
    -----
    When the rosters differ, only that is told: columns of different rows cannot be compared.
    """
    roster = _roster_difference(reported.rows, rebuilt.rows)
    if roster:
        return roster
    found = list(_row_differences(reported.rows, rebuilt.rows, part))
    if part != "outcome":
        found += _frame_differences(reported.X, rebuilt.X, reported.rows[CUSTOMER])
    return found


def _roster_difference(old: pd.DataFrame, new: pd.DataFrame) -> list[dict[str, Any]]:
    a = list(zip(old[CUSTOMER].astype(str), old[CUTOFF].astype(str), strict=True))
    b = list(zip(new[CUSTOMER].astype(str), new[CUTOFF].astype(str), strict=True))
    if a == b:
        return []
    odd = sorted(set(a) ^ set(b)) or [next((p for p, q in zip(a, b, strict=False) if p != q), a[0])]
    return [{"column": "(roster)", "rows": len(odd), "customer_id": odd[0][0]}]


def _row_differences(old: pd.DataFrame, new: pd.DataFrame, part: Part) -> Iterator[dict[str, Any]]:
    def wanted(name: str) -> bool:
        return part == "all" or (name in OUTCOME_COLUMNS) == (part == "outcome")

    columns = [c for c in old.columns if wanted(c)]
    others = [c for c in new.columns if wanted(c)]
    yield from _frame_differences(old[columns], new[others], old[CUSTOMER])


def _frame_differences(
    old: pd.DataFrame, new: pd.DataFrame, customers: pd.Series
) -> list[dict[str, Any]]:
    if list(old.columns) != list(new.columns):
        odd = sorted(set(old.columns) ^ set(new.columns)) or ["(order of columns)"]
        return [{"column": str(c), "rows": len(old), "customer_id": ""} for c in odd]
    found = []
    for name in old.columns:
        differ = _differs(old[name], new[name])
        if differ.any():
            first = str(customers.iloc[int(np.argmax(differ))])
            found.append({"column": str(name), "rows": int(differ.sum()), "customer_id": first})
    return sorted(found, key=lambda d: -int(d["rows"]))


def _differs(old: pd.Series, new: pd.Series) -> np.ndarray:
    if _numeric(old) and _numeric(new):
        return bits_differ(
            old.to_numpy(dtype="float64", na_value=np.nan),
            new.to_numpy(dtype="float64", na_value=np.nan),
        )
    a, b = old.astype("string"), new.astype("string")
    both_null = a.isna() & b.isna()
    equal = (a == b).fillna(False).astype(bool)
    return ~(equal | both_null).to_numpy(dtype=bool)


def _numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)


def bits_differ(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Element-wise inequality of float64 to the last bit; two NaN are equal.

    Examples
    --------
    >>> bits_differ(np.array([0.1 + 0.2, np.nan]), np.array([0.3, np.nan])).tolist()
    [True, False]
    """
    a, b = np.ascontiguousarray(a, dtype="float64"), np.ascontiguousarray(b, dtype="float64")
    if a.shape != b.shape:
        return np.ones(max(a.size, b.size, 1), dtype=bool)
    unequal = a.view(np.int64) != b.view(np.int64)
    return np.asarray(unequal & ~(np.isnan(a) & np.isnan(b)))
