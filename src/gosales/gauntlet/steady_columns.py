"""Windowed columns that never change: attributes in all but name."""

from __future__ import annotations

import pandas as pd

from gosales.core.columns import CUSTOMER
from gosales.gauntlet.context import GauntletContext


def steady_columns(context: GauntletContext, min_accounts: int) -> list[str]:
    """Columns with a window whose value is the same at every cutoff, for every customer.

    A table of constants that is looked up by something of an account's past (its first order, for
    example) is such a column: no rebuild changes it, because the past stays.

    Parameters
    ----------
    context : GauntletContext
        Training and forward panel.
    min_accounts : int
        Customers with a value at two cutoffs or more; of fewer, a column is not called steady.

    Notes
    -----
    A missing value may become one. A column with one value for all is left out: it says nothing.
    """
    panels = (context.training, context.forward)
    names = [spec.name for spec in context.training.specs if spec.lookback is not None]
    rows = pd.concat([p.X[names].set_axis(p.rows[CUSTOMER].astype(str)) for p in panels])
    grouped = rows.groupby(level=0)
    values, seen = grouped.nunique(), grouped.count()
    # What is seen once proves nothing, and what never differs between customers neither.
    again = (seen > 1).sum()
    return [
        name
        for name in names
        if values[name].max() == 1 and again[name] >= min_accounts and rows[name].nunique() > 1
    ]
