"""Platt's calibration: slope and intercept in log odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gosales.models.bounded_logistic import bounded_logistic
from gosales.models.calibration_rows import CalibrationRows
from gosales.models.logistic import logit
from gosales.models.logistic_map import LogisticMap
from gosales.models.smoothed_target import smoothed_target


@dataclass(frozen=True)
class Platt:
    r"""Fits :math:`\sigma(s\,\mathrm{logit}\,p + c)` with :math:`s \ge 0`.

    Notes
    -----
    Targets are smoothed, so that separable data gives a finite slope. A slope of zero (raw
    probabilities that rank worse than chance) makes every prediction the base rate.

    References
    ----------
    Platt (1999), "Probabilistic outputs for support vector machines".
    """

    name = "platt"

    def fit(self, p: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> LogisticMap:
        """Fit slope and intercept.

        Raises
        ------
        DegenerateError
            If ``y`` has one class.
        """
        rows = CalibrationRows.of(p, y, weights).require_two_classes()
        slope, c = bounded_logistic(logit(rows.p)[:, None], smoothed_target(rows), rows.weights)
        return LogisticMap(float(slope), float(slope), float(c))
