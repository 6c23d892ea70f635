"""Beta calibration: separate slopes for ln p and ln(1 - p)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gosales.models.bounded_logistic import bounded_logistic
from gosales.models.calibration_rows import CalibrationRows
from gosales.models.logistic import clipped
from gosales.models.logistic_map import LogisticMap
from gosales.models.smoothed_target import smoothed_target


@dataclass(frozen=True)
class Beta:
    r"""Fits :math:`\sigma(a \ln p - b \ln(1 - p) + c)` with :math:`a, b \ge 0`.

    Notes
    -----
    The right family when scores of either class follow beta distributions; it holds the identity
    and can also flatten an over-confident end without touching the other.

    References
    ----------
    Kull, Silva Filho, Flach (2017), "Beta calibration: a well-founded and easily implemented
    improvement on logistic calibration for binary classifiers".
    """

    name = "beta"

    def fit(self, p: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> LogisticMap:
        """Fit both slopes and the intercept.

        Raises
        ------
        DegenerateError
            If ``y`` has one class.
        """
        rows = CalibrationRows.of(p, y, weights).require_two_classes()
        q = clipped(rows.p)
        logs = np.column_stack([np.log(q), -np.log1p(-q)])
        a, b, c = bounded_logistic(logs, smoothed_target(rows), rows.weights)
        return LogisticMap(float(a), float(b), float(c))
