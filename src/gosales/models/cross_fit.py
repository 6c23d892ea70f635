"""Losses of calibrators on rows they were not fitted on: what the rule compares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gosales.core.errors import DegenerateError
from gosales.models.calibration_rows import CalibrationRows
from gosales.models.calibrator import Calibrator


@dataclass(frozen=True)
class CrossFit:
    """Rows with a partition that keeps accounts whole.

    Parameters
    ----------
    rows : CalibrationRows
        All out-of-fold rows.
    parts : numpy.ndarray of int, shape (n,)
        Part of each row; all rows of an account share one.
    cutoffs : numpy.ndarray of str, shape (n,), optional
        ISO dates; text order is time order.
    """

    rows: CalibrationRows
    parts: np.ndarray
    cutoffs: np.ndarray | None = None

    def loss(self, calibrator: Calibrator) -> float | None:
        """Log loss when each part is predicted by the fit on all other parts.

        Returns
        -------
        float or None
            None when some fit saw one class only, so that nothing can be compared.
        """
        out = np.empty(len(self.rows.p))
        for part in np.unique(self.parts):
            held = self.parts == part
            predicted = self._predict(calibrator, ~held, held)
            if predicted is None:
                return None
            out[held] = predicted
        return self.rows.log_loss(out)

    def later_loss(self, calibrator: Calibrator) -> float | None:
        """Log loss at the newest cutoff of the fit on all earlier cutoffs.

        Returns
        -------
        float or None
            None without cutoffs, with one cutoff, or when the earlier ones have one class.
        """
        if self.cutoffs is None:
            return None
        newest = self.cutoffs == np.unique(self.cutoffs)[-1]
        predicted = self._predict(calibrator, ~newest, newest)
        return None if predicted is None else self.rows.take(newest).log_loss(predicted)

    def _predict(
        self, calibrator: Calibrator, train: np.ndarray, held: np.ndarray
    ) -> np.ndarray | None:
        seen = self.rows.take(train)
        if not len(seen.p) or not self.rows.weights[held].sum() > 0:
            return None
        try:
            return calibrator.fit(seen.p, seen.y, seen.weights).predict(self.rows.p[held])
        except DegenerateError:
            return None
