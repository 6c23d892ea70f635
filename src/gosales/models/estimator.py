"""The interface of an estimator: pure, seeded, and serialised without pickle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
import pandas as pd

from gosales.features.spec import FeatureSpec


@runtime_checkable
class FittedEstimator(Protocol):
    """A fitted model of P(label = 1)."""

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Uncalibrated probabilities, shape (n,), each in [0, 1]."""

    def importance(self) -> dict[str, float]:
        """Importance per column of the matrix it was fitted on; larger matters more."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values from which `from_json` restores identical predictions."""

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore; predictions are equal to the last bit."""


@runtime_checkable
class Estimator(Protocol):
    """A recipe for a model; its parameters are fixed when it is built."""

    name: str

    def fit(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        weights: np.ndarray | None,
        specs: Sequence[FeatureSpec],
        seed: int,
    ) -> FittedEstimator:
        """Fit on a numeric matrix without nulls.

        Parameters
        ----------
        X : pandas.DataFrame, shape (n, p), float64
            Output of the fitted transforms.
        y : numpy.ndarray, shape (n,)
            0 or 1.
        weights : numpy.ndarray or None
            Non-negative row weights.
        specs : sequence of FeatureSpec
            Of the raw columns, for monotone signs.
        seed : int
            Random state.
        """
