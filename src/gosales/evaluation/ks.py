"""Largest distance between two distribution functions."""

from __future__ import annotations

import numpy as np


def ks(reference: np.ndarray, current: np.ndarray) -> float:
    """Two-sample Kolmogorov-Smirnov statistic; missing values are left out.

    0 is no difference, 1 is no overlap. There is no p-value: rows of one account are alike, and
    the test's own takes them for independent.

    Parameters
    ----------
    reference, current : numpy.ndarray, shapes (n,) and (m,)
        Numbers.

    Returns
    -------
    float
        NaN when either side holds no number.

    Notes
    -----
    ``max over x |F(x) - G(x)|``, exact with ties.

    Examples
    --------
    >>> ks(np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 4.0, 5.0, np.nan]))
    0.5
    """
    a, b = (np.sort(side[~np.isnan(side)]) for side in (reference, current))
    if not len(a) or not len(b):
        return float("nan")
    at = np.concatenate([a, b])
    low, high = (np.searchsorted(side, at, side="right") / len(side) for side in (a, b))
    return float(np.abs(low - high).max())
