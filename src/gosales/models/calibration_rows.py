"""Out-of-fold predictions with their labels: what a calibrator learns from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gosales.core.errors import DataError, DegenerateError, InternalError
from gosales.models.logistic import clipped


@dataclass(frozen=True)
class CalibrationRows:
    """Raw probabilities, labels and weights, checked.

    Parameters
    ----------
    p : numpy.ndarray, shape (n,)
        Raw probabilities in [0, 1].
    y : numpy.ndarray, shape (n,)
        0 or 1, float64.
    weights : numpy.ndarray, shape (n,)
        Non-negative, float64.
    """

    p: np.ndarray
    y: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, p: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> CalibrationRows:
        """Check and cast.

        Raises
        ------
        InternalError
            If a probability is null or outside [0, 1], or a label is neither 0 nor 1.
        DataError
            If a weight is negative or not finite.
        """
        p = np.asarray(p, dtype="float64")
        y = np.asarray(y, dtype="float64")
        w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype="float64")
        if not len(p) == len(y) == len(w):
            raise InternalError("calibration rows differ in length", got=f"{len(p)}, {len(y)}")
        if not ((p >= 0.0) & (p <= 1.0)).all():
            raise InternalError(
                "a raw probability cannot be calibrated",
                got=f"{int((~((p >= 0.0) & (p <= 1.0))).sum())} values null or outside [0, 1]",
                remedy="calibrate on rows that were predicted out of fold only",
                reason_code="bad_probability",
            )
        if not np.isin(y, (0.0, 1.0)).all():
            raise InternalError("a label is neither 0 nor 1", remedy="drop unlabelled rows first")
        if not (np.isfinite(w).all() and (w >= 0.0).all()):
            raise DataError(
                "a row weight is negative or not finite",
                allowed="finite weights >= 0",
                remedy="mend the weights",
                reason_code="bad_weights",
            )
        return cls(p, y, w)

    @property
    def has_two_classes(self) -> bool:
        """Whether both labels carry weight."""
        return bool(self.weights[self.y == 1.0].sum() > 0 and self.weights[self.y == 0.0].sum() > 0)

    def require_two_classes(self) -> CalibrationRows:
        """Return the rows, or refuse when one class is all there is.

        Raises
        ------
        DegenerateError
            With reason code ``one_class``.
        """
        if not self.has_two_classes:
            raise DegenerateError(
                "a calibrator needs both classes",
                got=f"{len(self.y)} rows, {int(self.y.sum())} positive",
                remedy="use calibration=none or more training cutoffs",
                reason_code="one_class",
            )
        return self

    def take(self, mask: np.ndarray) -> CalibrationRows:
        """The rows a boolean mask selects."""
        return CalibrationRows(self.p[mask], self.y[mask], self.weights[mask])

    def log_loss(self, predicted: np.ndarray) -> float:
        r"""Weighted mean of :math:`-y \ln q - (1 - y) \ln(1 - q)`; 0 is perfect.

        Examples
        --------
        >>> rows = CalibrationRows.of(np.array([0.5, 0.5]), np.array([0, 1]), None)
        >>> round(rows.log_loss(rows.p), 4)
        0.6931
        """
        q = clipped(predicted)
        loss = -(self.y * np.log(q) + (1.0 - self.y) * np.log1p(-q))
        return float(np.average(loss, weights=self.weights))
