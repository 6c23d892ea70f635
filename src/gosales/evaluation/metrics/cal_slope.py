"""Slope and intercept of the recalibration line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gosales.evaluation.sample import Sample
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.models.logistic import logit, sigmoid

_ROUNDS = 50
_TOLERANCE = 1e-9
_DIVERGED = 50.0


@dataclass(frozen=True)
class CalSlope:
    """Logistic regression of the outcome on the log odds that were promised.

    Slope 1 and intercept 0 are perfect. A slope below 1 promises too boldly (high too high, low
    too low), above 1 too timidly; a negative intercept promises too much throughout.

    Notes
    -----
    ``logit P(y = 1) = intercept + slope * logit(p)`` by maximum likelihood. The unweighted fit is
    exact; each replicate takes one Newton step from it with its own score and information, which
    is as accurate as the interval itself (k-step bootstrap).

    References
    ----------
    Cox 1958; Andrews 2002, "Higher-order improvements of a computationally attractive k-step
    bootstrap".

    Examples
    --------
    >>> p = np.repeat([0.2, 0.8], 5)
    >>> ranking = WeightedRanking.plain(p, [1, 0, 0, 0, 0, 0, 1, 1, 1, 1])
    >>> {k: abs(round(v.item(), 6)) for k, v in CalSlope().values(ranking).items()}
    {'cal_slope': 1.0, 'cal_intercept': 0.0}
    """

    names: ClassVar[tuple[str, ...]] = ("cal_slope", "cal_intercept")
    requires: ClassVar[str] = "both classes, overlapping, and more than one score"
    needs_probability: ClassVar[bool] = True

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """Slope and intercept, each of shape (B,)."""
        sample = ranking.sample
        line = sample.kept("cal_slope line", lambda: _fitted(logit(sample.score), sample.y))
        steps = _newton(ranking.weighted_sums("cal_slope", lambda: _terms(sample, line)))
        return {"cal_slope": line[1] + steps[:, 1], "cal_intercept": line[0] + steps[:, 0]}


def _terms(sample: Sample, line: np.ndarray) -> np.ndarray:
    return _row_terms(logit(sample.score), sample.y, line)


def _row_terms(z: np.ndarray, y: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Per row: both score components, then the three entries of the information."""
    q = sigmoid(line[0] + line[1] * z)
    v = q * (1.0 - q)
    return np.stack([y - q, (y - q) * z, v, v * z, v * z * z], axis=1)


def _newton(sums: np.ndarray) -> np.ndarray:
    """Newton steps of (intercept, slope), shape (B, 2); NaN where the information is singular."""
    u0, u1, a, b, c = sums.T
    determinant = a * c - b * b
    sound = determinant > 1e-12 * np.maximum(a * c, 1e-300)
    safe = np.where(sound, determinant, np.nan)
    return np.stack([(c * u0 - b * u1) / safe, (a * u1 - b * u0) / safe], axis=1)


def _fitted(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The unweighted line; NaN where it does not exist (one class, one score, separable)."""
    nothing = np.full(2, np.nan)
    if len(np.unique(y)) < 2 or float(np.ptp(z)) == 0.0:
        return nothing
    line: np.ndarray = np.zeros(2)
    for _ in range(_ROUNDS):
        step = _newton(_row_terms(z, y, line).sum(axis=0)[None, :])[0]
        if not np.isfinite(step).all():
            return nothing
        # A full step may overshoot where promises are extreme; half steps still converge.
        line = line + np.clip(step, -2.0, 2.0)
        if float(np.abs(line).max()) > _DIVERGED:
            return nothing
        if float(np.abs(step).max()) < _TOLERANCE:
            return line
    return nothing
