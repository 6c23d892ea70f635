"""Columns of a candidate's panels at one moment, one row per customer."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gosales.core.columns import CUSTOMER
from gosales.core.timeline import Cutoff
from gosales.gauntlet.context import GauntletContext


def panel_columns(
    context: GauntletContext,
    customers: pd.Index,
    names: Sequence[str],
    at: Cutoff | None = None,
) -> pd.DataFrame:
    """Columns as each customer has them at one cutoff, or at its last.

    Parameters
    ----------
    context : GauntletContext
        Training and forward panel.
    customers : pandas.Index
        Whose rows to give, in this order.
    names : sequence of str
        Columns.
    at : Cutoff, optional
        Of the cutoffs up to this day the last is shown: missing for who is not on its roster.

    Returns
    -------
    pandas.DataFrame, shape (len(customers), len(names))
        Numbers as they are; categories as text, a missing one as ``(missing)``.
    """
    panels = [context.training, context.forward]
    if at is not None:
        there = [c for p in panels for c in p.cutoffs if c.days_until(at) >= 0]
        panels = [p.at([max(there)]) for p in panels]
    rows = pd.concat([p.X[names].set_axis(p.rows[CUSTOMER].astype(str)) for p in panels])
    table = rows[~rows.index.duplicated(keep="last")].reindex(customers)
    kinds = pd.api.types
    texts = [
        n for n in names if not (kinds.is_numeric_dtype(table[n]) or kinds.is_bool_dtype(table[n]))
    ]
    return table.assign(**{n: table[n].astype("string").fillna("(missing)") for n in texts})
