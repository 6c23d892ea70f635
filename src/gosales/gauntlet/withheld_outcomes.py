"""A panel whose outcomes are false on some rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gosales.core.columns import FIRST_EVENT_DAYS, LABEL, LABEL_GP, LABEL_VALUE
from gosales.features.panel import Panel


def withheld_outcomes(panel: Panel, where: np.ndarray, rng: np.random.Generator) -> Panel:
    """Random labels on some rows, and everything else told about their outcome shuffled.

    Parameters
    ----------
    panel : Panel
        Labelled rows.
    where : numpy.ndarray of bool, shape (n,)
        Rows whose outcome is not to be known.
    rng : numpy.random.Generator
        Which false outcomes.
    """
    rows = panel.rows.copy()
    y = panel.y.copy()
    y[where] = rng.integers(0, 2, int(where.sum()))
    rows[LABEL] = y
    for name in (LABEL_VALUE, LABEL_GP, FIRST_EVENT_DAYS):
        if name in rows.columns:
            values = rows[name].to_numpy(dtype="float64", copy=True)
            values[where] = rng.permutation(values[where]) * 3.0 + 1.0
            rows[name] = values
    return replace(panel, rows=rows)
