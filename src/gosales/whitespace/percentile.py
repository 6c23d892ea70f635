"""Percentiles within a division, equal values sharing one."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata


def percentile(values: np.ndarray) -> np.ndarray:
    """Share of known values below, plus half of those equal; unknown values get 0.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        Raw signal, NaN where unknown.

    Returns
    -------
    numpy.ndarray, shape (n,)
        In [0, 1); it does not depend on row order.

    Examples
    --------
    >>> percentile(np.array([0.1, 0.3, np.nan, 0.3])).round(3).tolist()
    [0.167, 0.667, 0.0, 0.667]
    """
    out = np.zeros(len(values))
    known = ~np.isnan(values)
    if known.any():
        out[known] = (rankdata(values[known]) - 0.5) / known.sum()
    return out
