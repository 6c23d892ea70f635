"""Columns that put the same accounts in another order."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER
from gosales.features.panel import Panel
from gosales.gauntlet.panel_difference import bits_differ

# A threshold in money moves few accounts; a table of amounts that finds nothing moves all.
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
        numbers, when the rank correlation of old and new, a missing value being the lowest, lies
        below 0.9; of categories, when a tenth or more of the accounts that do not have the most
        frequent one have another. A column that is the same for all accounts orders none.

    Notes
    -----
    Sums, means and slopes of money grow with it, shares and counts stay, logarithms keep the
    order; amounts that are a little larger take few accounts across a threshold.
    """
    customers = reported.rows[CUSTOMER].astype(str)
    if list(customers) != list(rebuilt.rows[CUSTOMER].astype(str)):
        return [{"column": "(roster)", "rows": len(reported), "customer_id": ""}]
    found = []
    for name in map(str, reported.X.columns):
        differ = _differ(reported.X[name], rebuilt.X[name])
        if differ.any():
            first = str(customers.iloc[int(differ.argmax())])
            found.append({"column": name, "rows": int(differ.sum()), "customer_id": first})
    return found


def same_for_all(column: pd.Series) -> bool:
    """Whether a column tells no account from another.

    Examples
    --------
    >>> same_for_all(pd.Series([3.0, 3.0])), same_for_all(pd.Series([3.0, None]))
    (True, False)
    """
    return int(column.nunique(dropna=False)) <= 1


def _differ(old: pd.Series, new: pd.Series) -> np.ndarray:
    """Which values differ; none where the order of all is much the same."""
    none = np.zeros(len(old), dtype=bool)
    if same_for_all(old) and same_for_all(new):
        return none
    if not pd.api.types.is_numeric_dtype(old):
        here, there = (c.astype("string").fillna("") for c in (old, new))
        differ: np.ndarray = (here != there).to_numpy(dtype=bool)
        others = len(here) - int(here.value_counts().iloc[0])
        return differ if differ.sum() >= max(1.0, _LEAST_DIFFERING * others) else none
    a, b = (c.to_numpy(dtype="float64", na_value=np.nan) for c in (old, new))
    x, y = (pd.Series(v).rank(na_option="top").to_numpy(dtype="float64") for v in (a, b))
    if x.std() > 0 and y.std() > 0 and np.corrcoef(x, y)[0, 1] >= _LEAST_AGREEMENT:
        return none
    return bits_differ(a, b)
