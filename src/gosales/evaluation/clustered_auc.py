"""Interval of an AUC whose rows belong to accounts, in closed form."""

from __future__ import annotations

import math

import numpy as np

from gosales.evaluation.interval import Interval


def clustered_auc(
    score: np.ndarray, y: np.ndarray, group: np.ndarray, *, level: float = 0.95
) -> Interval:
    """AUC with the interval of DeLong for rows that come in accounts.

    Parameters
    ----------
    score : numpy.ndarray, shape (n,)
        Finite; larger ranks first.
    y : numpy.ndarray, shape (n,)
        0 or 1.
    group : numpy.ndarray, shape (n,)
        Account of each row; accounts are independent, their rows need not be.
    level : float, default 0.95
        Nominal coverage.

    Returns
    -------
    Interval
        Without bounds where a class is missing, or all pairs are ordered alike.

    Notes
    -----
    Of a positive row ``v`` is the share of negatives below it, of a negative row the share of
    positives above it (ties half). An account's pull is the sum over its rows of ``v - AUC`` by
    the size of their class; the variance is the sum of squared pulls, times ``G / (G - 1)``.
    The interval is symmetric in the log odds of the AUC, so that it stays within 0 and 1.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837; Obuchowski 1997, Biometrics 53:567.

    Examples
    --------
    >>> y = np.array([0, 0, 1, 0, 1, 1])
    >>> found = clustered_auc(np.array([1, 2, 3, 4, 5, 6]), y, np.arange(6))
    >>> [round(v, 3) for v in (found.value, found.lo, found.hi)]
    [0.889, 0.33, 0.992]
    """
    from scipy.stats import norm, rankdata

    is_positive = np.asarray(y) == 1
    positives, negatives = int(is_positive.sum()), int((~is_positive).sum())
    if not positives or not negatives:
        return Interval(None, note="one class only")
    ranks = rankdata(score)
    placed = np.empty(len(ranks))
    placed[is_positive] = (ranks[is_positive] - rankdata(score[is_positive])) / negatives
    above = ranks[~is_positive] - rankdata(score[~is_positive])
    placed[~is_positive] = 1.0 - above / positives
    auc = float(placed[is_positive].mean())
    pull = (placed - auc) / np.where(is_positive, positives, negatives)
    codes, accounts = np.unique(group, return_inverse=True)
    by_account = np.bincount(accounts, weights=pull)
    if len(codes) < 2 or not 0.0 < auc < 1.0:
        return Interval(
            auc, note="every pair is ordered alike" if len(codes) > 1 else "one account"
        )
    spread = math.sqrt(float((by_account**2).sum()) * len(codes) / (len(codes) - 1))
    odds = math.log(auc / (1.0 - auc))
    half = float(norm.ppf((1.0 + level) / 2.0)) * spread / (auc * (1.0 - auc))
    lo, hi = (1.0 / (1.0 + math.exp(-end)) for end in (odds - half, odds + half))
    return Interval(auc, lo, hi)
