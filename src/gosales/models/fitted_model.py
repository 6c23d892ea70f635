"""A fitted candidate: transforms, estimator and calibrator as one black box."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gosales.core.blas import one_blas_thread
from gosales.features.spec import FeatureSpec
from gosales.features.transform import FittedTransform
from gosales.models.calibrator import FittedCalibrator
from gosales.models.estimator import FittedEstimator


@dataclass(frozen=True)
class FittedModel:
    """What ships: raw feature columns in, calibrated probabilities out.

    Parameters
    ----------
    specs : tuple of FeatureSpec
        The raw columns expected, in order.
    transforms : tuple of FittedTransform
        Applied in order.
    estimator : FittedEstimator
        Gives raw probabilities.
    calibrator : FittedCalibrator
        Maps raw to calibrated probabilities.
    """

    specs: tuple[FeatureSpec, ...]
    transforms: tuple[FittedTransform, ...]
    estimator: FittedEstimator
    calibrator: FittedCalibrator

    def matrix(self, X: pd.DataFrame) -> pd.DataFrame:
        """The numeric matrix the estimator sees, shape (n, q)."""
        for transform in self.transforms:
            X = transform.apply(X)
        return X

    def raw(self, X: pd.DataFrame) -> np.ndarray:
        """Uncalibrated probabilities, shape (n,)."""
        with one_blas_thread():
            return self.estimator.predict(self.matrix(X))

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Calibrated probabilities, shape (n,)."""
        raw = self.raw(X)
        with one_blas_thread():
            return self.calibrator.predict(raw)
