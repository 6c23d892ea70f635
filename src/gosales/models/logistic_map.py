"""A calibration map that is linear in the logs of p and 1 - p."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from gosales.models.logistic import clipped, sigmoid


@dataclass(frozen=True)
class LogisticMap:
    r"""Calibrated probability :math:`\sigma(a \ln p - b \ln(1 - p) + c)`.

    Parameters
    ----------
    a, b : float
        Slopes, not negative, so that the map never turns the order round.
    c : float
        Intercept.

    Notes
    -----
    ``a = b = 1`` is a shift of the log odds (intercept only); ``a = b`` is Platt's map in log
    odds; both free is beta calibration.

    Examples
    --------
    >>> LogisticMap(1.0, 1.0, 0.0).predict(np.array([0.25])).round(6).tolist()
    [0.25]
    """

    a: float
    b: float
    c: float

    def predict(self, p: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, shape (n,)."""
        q = clipped(p)
        return sigmoid(self.a * np.log(q) - self.b * np.log1p(-q) + self.c)

    def to_json(self) -> dict[str, Any]:
        """The three numbers."""
        return asdict(self)

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore."""
        return cls(float(state["a"]), float(state["b"]), float(state["c"]))
