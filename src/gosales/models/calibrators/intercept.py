"""Intercept-only calibration: a shift of the log odds, for divisions with few positives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gosales.core.errors import ConfigError
from gosales.models.calibration_rows import CalibrationRows
from gosales.models.logistic import logit, sigmoid
from gosales.models.logistic_map import LogisticMap

_STEPS = 200


@dataclass(frozen=True)
class Intercept:
    r"""Shifts log odds so that the mean probability meets the base rate.

    Parameters
    ----------
    pooled_shift : float, default 0.0
        The shift found over many divisions, towards which this one is drawn.
    pooled_information : float, default 0.0
        Weight of the pooled shift, in units of Fisher information: a division with
        :math:`\sum w q (1 - q)` equal to it is drawn half way. 0 means no pooling.

    Notes
    -----
    Finds the c with :math:`\sum w (\sigma(\mathrm{logit}\,p + c) - y) + k (c - c_0) = 0`, which
    is unique; solved by bisection, so that nothing depends on a starting point.
    """

    pooled_shift: float = 0.0
    pooled_information: float = 0.0
    name = "intercept"

    def __post_init__(self) -> None:
        if not (np.isfinite(self.pooled_shift) and 0.0 <= self.pooled_information < np.inf):
            raise ConfigError(
                "the pooled shift is malformed",
                got=f"{self.pooled_shift} with information {self.pooled_information}",
                allowed="a finite shift and a finite information >= 0",
                remedy="mend conf/calibration/candidate/intercept.yaml",
                reason_code="bad_calibrator",
            )

    def fit(self, p: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> LogisticMap:
        """Find the shift.

        Raises
        ------
        DegenerateError
            If ``y`` has one class.
        """
        rows = CalibrationRows.of(p, y, weights).require_two_classes()
        z = logit(rows.p)
        total = float(rows.weights @ rows.y)
        low, high = -60.0, 60.0
        for _ in range(_STEPS):
            c = (low + high) / 2.0
            slope = float(rows.weights @ sigmoid(z + c)) - total
            slope += self.pooled_information * (c - self.pooled_shift)
            low, high = (c, high) if slope < 0.0 else (low, c)
        return LogisticMap(1.0, 1.0, (low + high) / 2.0)
