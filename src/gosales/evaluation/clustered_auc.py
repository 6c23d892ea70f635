"""Interval of an AUC whose rows belong to accounts, in closed form."""

from __future__ import annotations

import math
from statistics import NormalDist

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
    group : numpy.ndarray of int, shape (n,)
        Account of each row as a code from 0; accounts are independent, their rows need not be.
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
    is_positive = np.asarray(y) == 1
    buyers, others = np.sort(score[is_positive]), np.sort(score[~is_positive])
    if not len(buyers) or not len(others):
        return Interval(None, note="one class only")
    placed = np.empty(len(score))
    placed[is_positive] = _below(others, score[is_positive])
    placed[~is_positive] = 1.0 - _below(buyers, score[~is_positive])
    auc = float(placed[is_positive].mean())
    pull = (placed - auc) / np.where(is_positive, len(buyers), len(others))
    accounts = int((np.bincount(group) > 0).sum())
    if accounts < 2 or not 0.0 < auc < 1.0:
        return Interval(auc, note="every pair is ordered alike" if accounts > 1 else "one account")
    by_account = np.bincount(group, weights=pull)
    spread = math.sqrt(float((by_account**2).sum()) * accounts / (accounts - 1))
    odds = math.log(auc / (1.0 - auc))
    half = NormalDist().inv_cdf((1.0 + level) / 2.0) * spread / (auc * (1.0 - auc))
    lo, hi = (1.0 / (1.0 + math.exp(-end)) for end in (odds - half, odds + half))
    return Interval(auc, lo, hi)


def _below(ranked: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Share of the ranked scores below each score, ties counted half."""
    ends = (np.searchsorted(ranked, score, side) for side in ("left", "right"))
    return np.asarray(sum(ends) / (2.0 * len(ranked)))
