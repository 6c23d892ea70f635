"""Which validation rows a leaky fit is shown."""

from __future__ import annotations

import numpy as np

from gosales.core.columns import CUSTOMER
from gosales.core.seeds import stable_buckets
from gosales.features.panel import Panel

_PARTS = 1000


def shown_rows(panel: Panel, rows: np.ndarray, share: float, seed: int) -> np.ndarray:
    """A share of some rows, by their accounts.

    Parameters
    ----------
    panel : Panel
        The rows.
    rows : numpy.ndarray of int
        Positions to choose from.
    share : float
        Of the accounts.
    seed : int
        Which accounts.

    Returns
    -------
    numpy.ndarray of int
        Positions, in the order of ``rows``.
    """
    ids = [str(c) for c in panel.rows[CUSTOMER].iloc[rows]]
    return rows[stable_buckets(ids, _PARTS, seed) < round(share * _PARTS)]
