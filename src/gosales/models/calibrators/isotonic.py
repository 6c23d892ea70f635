"""Isotonic calibration: any rising map, for divisions with many positives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from gosales.models.calibration_rows import CalibrationRows


@dataclass(frozen=True)
class RisingMap:
    """Straight lines between knots, constant beyond the ends.

    Parameters
    ----------
    knots : tuple of float
        Raw probabilities, rising.
    values : tuple of float
        Calibrated probabilities at the knots, never falling.
    """

    knots: tuple[float, ...]
    values: tuple[float, ...]

    def predict(self, p: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, shape (n,)."""
        out: np.ndarray = np.interp(np.asarray(p, dtype="float64"), self.knots, self.values)
        return out

    def to_json(self) -> dict[str, Any]:
        """Knots and values."""
        return {"knots": list(self.knots), "values": list(self.values)}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore."""
        return cls(tuple(map(float, state["knots"])), tuple(map(float, state["values"])))


@dataclass(frozen=True)
class Isotonic:
    """Least-squares rising map (pool adjacent violators).

    Notes
    -----
    The ends are kept Laplace's distance ``1/(n + 2)`` from 0 and 1, because a pool of negatives
    is no proof that the next account cannot buy.

    References
    ----------
    Zadrozny & Elkan (2002), "Transforming classifier scores into accurate multiclass probability
    estimates".
    """

    name = "isotonic"

    def fit(self, p: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> RisingMap:
        """Fit the map.

        Raises
        ------
        DegenerateError
            If ``y`` has one class.
        """
        from sklearn.isotonic import IsotonicRegression

        rows = CalibrationRows.of(p, y, weights).require_two_classes()
        margin = 1.0 / (float(rows.weights.sum()) + 2.0)
        fitted = IsotonicRegression(y_min=margin, y_max=1.0 - margin)
        fitted.fit(rows.p, rows.y, sample_weight=rows.weights)
        return RisingMap(
            tuple(fitted.X_thresholds_.astype(float).tolist()),
            tuple(fitted.y_thresholds_.astype(float).tolist()),
        )
