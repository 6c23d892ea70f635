"""The logistic function and its inverse, safe at the ends."""

from __future__ import annotations

import numpy as np

# Beyond this a probability says nothing a log can hold apart from rounding.
EPSILON = 1e-12


def clipped(p: np.ndarray) -> np.ndarray:
    """Probabilities moved into ``[1e-12, 1 - 1e-12]``, float64."""
    out: np.ndarray = np.clip(np.asarray(p, dtype="float64"), EPSILON, 1.0 - EPSILON)
    return out


def logit(p: np.ndarray) -> np.ndarray:
    """Log odds of probabilities, finite also for 0 and 1.

    Examples
    --------
    >>> bool(logit(np.array([0.5]))[0] == 0.0)
    True
    """
    q = clipped(p)
    out: np.ndarray = np.log(q) - np.log1p(-q)
    return out


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Probability of log odds, without overflow.

    Examples
    --------
    >>> sigmoid(np.array([0.0, -1000.0])).tolist()
    [0.5, 0.0]
    """
    e = np.exp(-np.abs(z))
    out: np.ndarray = np.where(z >= 0, 1.0 / (1.0 + e), e / (1.0 + e))
    return out
