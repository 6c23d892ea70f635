"""Scores computed in Python, handed back to the engine."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, TARGET
from gosales.data.as_of import AsOfView


def scored_table(
    view: AsOfView, parts: Sequence[pd.DataFrame], names: Sequence[str], keys: Sequence[str]
) -> ibis.Table:
    """One table of several frames, also of none.

    Parameters
    ----------
    view : AsOfView
        Whose engine holds the table.
    parts : sequence of pandas.DataFrame
        Each with the keys and the named columns.
    names : sequence of str
        Columns, float64; NaN becomes null.
    keys : sequence of str
        customer_id, cutoff and, for scope ``target``, target.
    """
    kinds = {CUSTOMER: "string", CUTOFF: "date", TARGET: "string"}
    schema = {key: kinds[key] for key in keys} | dict.fromkeys(names, "float64")
    whole = pd.concat(parts) if parts else pd.DataFrame(columns=list(schema))
    return view.engine.literal(whole, schema)
