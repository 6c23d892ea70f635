"""Purchases that somebody announced before the cutoff: no model needs to peek for them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, EXPIRY_DATE, STAGE
from gosales.core.timeline import Cutoff, Lookback
from gosales.data.as_of import AsOfView
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext


def announcements(context: GauntletContext, panel: Panel) -> np.ndarray:
    """How near a purchase the log itself announced for each row.

    Parameters
    ----------
    context : GauntletContext
        Candidate (for its horizon), log and engine.
    panel : Panel
        Rows of any cutoffs.

    Returns
    -------
    numpy.ndarray, shape (len(panel),)
        1 with an open deal; else, where an asset expires on day k of the H days to the end of the
        label window, ``1 - (k - 1) / H`` for the first one; else 0.

    Notes
    -----
    Both as they were known at the cutoff of the row: a deal entered later announced nothing.
    """
    if not len(panel):
        return np.zeros(0)
    ever = Lookback()
    view = AsOfView(context.star, panel.cutoffs, context.engine, [ever])
    deals, assets = view.deals(), view.assets()
    is_open = context.engine.run(deals.filter(deals[STAGE] == "open").select(CUSTOMER, CUTOFF))
    told = assets.filter(assets[EXPIRY_DATE].notnull())
    age = view.age_days(told, ever, EXPIRY_DATE)
    expiring = context.engine.run(told.select(CUSTOMER, CUTOFF, age=age))
    window = context.candidate.horizon.window
    ends = {str(c): c.days_until(Cutoff(window(c).end)) for c in view.cutoffs}
    ahead = -expiring["age"].to_numpy(dtype="float64")
    days = _keys(expiring).get_level_values(1).map(ends).to_numpy(dtype="float64")
    near = np.where((ahead > 0) & (ahead <= days), 1 - (ahead - 1) / days, 0.0)
    where = _keys(panel.rows)
    first = pd.Series(near, index=_keys(expiring)).groupby(level=[0, 1]).max()
    nearness = first.reindex(where).fillna(0.0).to_numpy(dtype="float64")
    return np.where(where.isin(_keys(is_open)), 1.0, nearness)


def _keys(rows: pd.DataFrame) -> pd.MultiIndex:
    """Customer and cutoff, as texts."""
    at = pd.to_datetime(rows[CUTOFF]).dt.strftime("%Y-%m-%d")
    return pd.MultiIndex.from_arrays([rows[CUSTOMER].astype(str), at.astype(str)])
