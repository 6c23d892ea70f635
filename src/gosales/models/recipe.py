"""A recipe: fitted transforms in order, then an estimator; everything learned on given rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gosales.core.blas import one_blas_thread
from gosales.features.spec import FeatureSpec
from gosales.features.transform import FittedTransform, Transform
from gosales.models.estimator import Estimator, FittedEstimator


@dataclass(frozen=True)
class Recipe:
    """What is fitted, without data: transforms in order and one estimator.

    Parameters
    ----------
    transforms : sequence of Transform
        Applied in order; each learns from the output of the one before it.
    estimator : Estimator
        Fitted on the output of the last transform.

    Notes
    -----
    A recipe has no state: fitting the same rows twice gives the same model, and nothing of one
    fold can reach another.
    """

    transforms: Sequence[Transform]
    estimator: Estimator

    def prepare(
        self, X: pd.DataFrame, specs: Sequence[FeatureSpec]
    ) -> tuple[tuple[FittedTransform, ...], pd.DataFrame]:
        """Fit the transforms on training rows.

        Parameters
        ----------
        X : pandas.DataFrame, shape (n, p)
            Raw feature columns of the training rows only.
        specs : sequence of FeatureSpec
            One per column of ``X``.

        Returns
        -------
        tuple of FittedTransform
            In order of application.
        pandas.DataFrame, shape (n, q), float64
            The training matrix.
        """
        fitted: list[FittedTransform] = []
        for transform in self.transforms:
            done = transform.fit(X, specs)
            X = done.apply(X)
            fitted.append(done)
        return tuple(fitted), X

    def fit_raw(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        weights: np.ndarray | None,
        specs: Sequence[FeatureSpec],
        seed: int,
    ) -> tuple[tuple[FittedTransform, ...], FittedEstimator]:
        """Fit transforms and estimator on the rows given; no calibration.

        Parameters
        ----------
        X : pandas.DataFrame, shape (n, p)
            Raw feature columns.
        y : numpy.ndarray, shape (n,)
            0 or 1.
        weights : numpy.ndarray or None
            Non-negative row weights; None means all equal.
        specs : sequence of FeatureSpec
            One per column of ``X``.
        seed : int
            Random state of the estimator.

        Raises
        ------
        DegenerateError
            If ``y`` has one class or no column varies.
        """
        with one_blas_thread():
            fitted, matrix = self.prepare(X, specs)
            return fitted, self.estimator.fit(matrix, y, weights, specs, seed)
