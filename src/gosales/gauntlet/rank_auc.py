"""AUC of one score, ties by expected value."""

from __future__ import annotations

import numpy as np

from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.weighted_ranking import WeightedRanking


def rank_auc(y: np.ndarray, score: np.ndarray) -> float | None:
    """Probability that a positive scores above a negative, ties counted half.

    Parameters
    ----------
    y : numpy.ndarray, shape (n,)
        0 or 1.
    score : numpy.ndarray, shape (n,)
        Finite scores.

    Returns
    -------
    float or None
        In [0, 1]; None when there is only one class.

    Raises
    ------
    ValueError
        If a label or a score is not finite.

    Examples
    --------
    >>> rank_auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.4, 0.8]))
    0.875
    """
    if not (np.isfinite(y).all() and np.isfinite(score).all()):
        raise ValueError("AUC of labels or scores that are not finite")
    if y.size == 0 or y.min() == y.max():
        return None
    return float(Auc().values(WeightedRanking.plain(score, y))["auc"][0])
