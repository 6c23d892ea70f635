"""The shift that raw probabilities of a division need, and its mean and spread over divisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gosales.models.calibrators.intercept import Intercept
from gosales.models.logistic import logit, sigmoid


@dataclass(frozen=True)
class Held:
    """Rows of one division that a model predicted without having seen them.

    Parameters
    ----------
    log, division : str
        Where they are from.
    account : numpy.ndarray of str, shape (n,)
        Account of each row.
    p, y : numpy.ndarray, shape (n,)
        Raw probability and outcome.
    """

    log: str
    division: str
    account: np.ndarray
    p: np.ndarray
    y: np.ndarray

    @property
    def positive_accounts(self) -> int:
        """Accounts with a buying row."""
        return len(np.unique(self.account[self.y == 1.0]))

    def take(self, at: np.ndarray) -> Held:
        """Rows under a mask."""
        return Held(self.log, self.division, self.account[at], self.p[at], self.y[at])


@dataclass(frozen=True)
class Shift:
    """The shift of one division, found on its rows alone.

    Parameters
    ----------
    value : float
        Log odds to add.
    variance : float
        Of the value, with whole accounts as the independent units (sandwich).
    """

    value: float
    variance: float

    @classmethod
    def of(cls, held: Held) -> Shift:
        """Fit it."""
        c = Intercept().fit(held.p, held.y, None).c
        q = sigmoid(logit(held.p) + c)
        information = float((q * (1.0 - q)).sum())
        _, code = np.unique(held.account, return_inverse=True)
        score = np.bincount(code, weights=held.y - q)
        return cls(c, float(score @ score) / information**2)


@dataclass(frozen=True)
class ShiftPool:
    """Mean and spread of the true shifts over divisions.

    Parameters
    ----------
    mean, se : float
        Mean shift and its standard error.
    tau : float
        Standard deviation of true shifts between divisions; 0 where the scatter is no larger
        than the divisions' own errors explain.
    divisions : int
        How many.
    """

    mean: float
    se: float
    tau: float
    divisions: int

    @classmethod
    def weighted(cls, shifts: Sequence[Shift]) -> ShiftPool:
        """By DerSimonian & Laird 1986: well-known divisions count more."""
        c, v = _values(shifts)
        w = 1.0 / v
        fixed = float(np.average(c, weights=w))
        q = float(w @ (c - fixed) ** 2)
        scale = float(w.sum() - (w**2).sum() / w.sum())
        tau2 = max(0.0, (q - (len(c) - 1)) / scale)
        total = 1.0 / (v + tau2)
        mean = float(np.average(c, weights=total))
        return cls(mean, float(total.sum() ** -0.5), tau2**0.5, len(c))

    @classmethod
    def unweighted(cls, shifts: Sequence[Shift]) -> ShiftPool:
        """By Hedges & Olkin 1985: every division counts the same, also one far from all others."""
        c, v = _values(shifts)
        tau2 = max(0.0, float(c.var(ddof=1) - v.mean()))
        return cls(float(c.mean()), float((c.var(ddof=1) / len(c)) ** 0.5), tau2**0.5, len(c))

    @property
    def information(self) -> float:
        """``1 / tau^2``: a division whose shift is known to ``tau`` is drawn half way."""
        return self.tau**-2 if self.tau > 0 else float("inf")

    def told(self) -> dict[str, float | None]:
        """Plain values."""
        return {
            "divisions": self.divisions,
            "mean shift": round(self.mean, 4),
            "standard error": round(self.se, 4),
            "spread (sd)": round(self.tau, 4),
            "pooled_information": round(self.information, 1) if self.tau > 0 else None,
        }


def _values(shifts: Sequence[Shift]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([s.value for s in shifts]), np.array([s.variance for s in shifts])
