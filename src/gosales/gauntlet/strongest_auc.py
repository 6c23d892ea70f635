"""AUC of a single column whose direction is not known beforehand."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gosales.evaluation.clustered_auc import clustered_auc
from gosales.evaluation.interval import Interval


def strongest_auc(scores: Iterable[np.ndarray], y: np.ndarray, account: np.ndarray) -> Interval:
    """The highest AUC of some scores in either direction, with its interval.

    Parameters
    ----------
    scores : iterable of numpy.ndarray, shape (n,)
        Ways to read one column, for example with missing values lowest and highest.
    y : numpy.ndarray, shape (n,)
        0 or 1.
    account : numpy.ndarray of int, shape (n,)
        Account of each row (`clustered_auc`).

    Notes
    -----
    The interval is that of the strongest reading as if it had been the only one.

    Examples
    --------
    >>> y = np.array([1, 1, 0, 1, 0, 0])
    >>> found = strongest_auc([np.array([1, 2, 3, 4, 5, 6])], y, np.arange(6))
    >>> [round(v, 3) for v in (found.value, found.lo, found.hi)]
    [0.889, 0.33, 0.992]
    """
    found = [_upward(clustered_auc(score, y, account)) for score in scores]
    return max(found, key=lambda auc: auc.value or 0.0)


def _upward(auc: Interval) -> Interval:
    """The same AUC of the score turned round, where that is the higher one."""
    if auc.value is None or auc.value >= 0.5:
        return auc
    if auc.lo is None or auc.hi is None:
        return Interval(1.0 - auc.value, note=auc.note)
    return Interval(1.0 - auc.value, 1.0 - auc.hi, 1.0 - auc.lo)
