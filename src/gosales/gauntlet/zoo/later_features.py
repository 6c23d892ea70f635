"""A panel whose features are those of a later day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.core.timeline import Cutoff
from gosales.features.panel import Panel


def with_later_features(panel: Panel, later: Panel, days: Mapping[Cutoff, Cutoff]) -> Panel:
    """Replace the features at some cutoffs.

    Parameters
    ----------
    panel : Panel
        As it should be.
    later : Panel
        Features of the later days.
    days : mapping of Cutoff to Cutoff
        For each cutoff to falsify, the later day. Who is not on that day's roster keeps the
        features of the cutoff.
    """
    told = {str(cutoff): str(day) for cutoff, day in days.items()}
    seen = pd.MultiIndex.from_frame(later.rows[[CUSTOMER, CUTOFF]])
    wanted = [panel.rows[CUSTOMER], panel.rows[CUTOFF].map(told)]
    at = seen.get_indexer(pd.MultiIndex.from_arrays(wanted))
    taken = {name: _taken(panel.X[name], later.X[name], at) for name in panel.X.columns}
    return panel.with_features(pd.DataFrame(taken))


def _taken(now: pd.Series, later: pd.Series, at: np.ndarray) -> pd.Series:
    return now.where(at < 0, later.take(np.maximum(at, 0)).set_axis(now.index))
