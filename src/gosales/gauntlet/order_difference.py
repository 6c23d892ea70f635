"""Columns that put the same accounts in another order."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER
from gosales.features.panel import Panel
from gosales.gauntlet.panel_difference import bits_differ

# A threshold in money moves some accounts; a table of amounts that finds nothing moves all.
_LEAST_AGREEMENT: Final = 0.9
_LEAST_DIFFERING: Final = 0.1


def order_differences(reported: Panel, rebuilt: Panel) -> list[dict[str, Any]]:
    """Columns of features that order the accounts of one cutoff quite otherwise.

    Parameters
    ----------
    reported, rebuilt : Panel
        Of the same cutoff and the same accounts in the same order.

    Returns
    -------
    list of dict
        With keys column, rows (how many values differ) and customer_id (the first one). Of
        numbers, when a tenth of the values or more differ and the rank correlation of old and
        new, a missing value being the lowest, lies below 0.9; of categories, when a tenth differ.

    Notes
    -----
    Sums, means and slopes of money double with it, shares and counts stay, logarithms keep the
    order: the whole library of the package keeps every rank.
    """
    customers = reported.rows[CUSTOMER].astype(str)
    if list(customers) != list(rebuilt.rows[CUSTOMER].astype(str)):
        return [{"column": "(roster)", "rows": len(reported), "customer_id": ""}]
    found = []
    for name in map(str, reported.X.columns):
        differ = _differ(reported.X[name], rebuilt.X[name])
        if differ.any() and differ.mean() >= _LEAST_DIFFERING:
            first = str(customers.iloc[int(differ.argmax())])
            found.append({"column": name, "rows": int(differ.sum()), "customer_id": first})
    return found


def _differ(old: pd.Series, new: pd.Series) -> np.ndarray:
    """Which values differ; none where the order of all is much the same."""
    if not pd.api.types.is_numeric_dtype(old):
        a, b = (c.astype("string").fillna("").to_numpy(dtype=object) for c in (old, new))
        return np.asarray(a != b)
    a, b = (c.to_numpy(dtype="float64", na_value=np.nan) for c in (old, new))
    differ = bits_differ(a, b)
    x, y = (pd.Series(v).rank(na_option="top").to_numpy(dtype="float64") for v in (a, b))
    if x.std() > 0 and y.std() > 0 and np.corrcoef(x, y)[0, 1] >= _LEAST_AGREEMENT:
        return np.zeros(len(a), dtype=bool)
    return differ
