"""Columns of a candidate's panels that do not depend on the cutoff, one row per customer."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.panel_columns import panel_columns


def static_columns(
    context: GauntletContext, customers: pd.Index, steady: Sequence[str] = ()
) -> pd.DataFrame:
    """Columns without a window, as each customer has them at its last cutoff.

    Parameters
    ----------
    context : GauntletContext
        Training and forward panel.
    customers : pandas.Index
        Whose rows to give, in this order.
    steady : sequence of str, optional
        Columns to give besides.

    Returns
    -------
    pandas.DataFrame, shape (len(customers), number of columns)
        Numbers as they are; categories as text, a missing one as ``(missing)``.
    """
    static = [spec.name for spec in context.training.specs if spec.lookback is None]
    return panel_columns(context, customers, [*static, *steady])
