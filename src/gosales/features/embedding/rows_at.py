"""The rows of one cutoff of a served table, as pandas."""

from __future__ import annotations

import ibis
import pandas as pd

from gosales.core.columns import CUTOFF
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView


def rows_at(view: AsOfView, table: ibis.Table, cutoff: Cutoff) -> pd.DataFrame:
    """Fetch one cutoff.

    Parameters
    ----------
    view : AsOfView
        Runs the expression.
    table : ibis.Table
        With a ``cutoff`` column.
    cutoff : Cutoff
        Which one. One at a time, so that memory does not grow with the number of cutoffs.
    """
    rows = view.engine.run(table.filter(table[CUTOFF] == ibis.literal(cutoff.day)))
    # An engine may hold text as codes, whose order means nothing.
    coded = rows.select_dtypes("category").columns
    return rows.astype(dict.fromkeys(coded, "object"))
