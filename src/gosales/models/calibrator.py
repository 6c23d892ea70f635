"""The interface of a calibrator: a monotone map of raw probabilities, kept as JSON."""

from __future__ import annotations

from typing import Any, Protocol, Self, runtime_checkable

import numpy as np


@runtime_checkable
class FittedCalibrator(Protocol):
    """Maps raw probabilities to calibrated ones."""

    def predict(self, p: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, shape (n,)."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore; outputs are equal to the last bit."""


@runtime_checkable
class Calibrator(Protocol):
    """Learns the map from out-of-fold predictions."""

    name: str

    def fit(self, p: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> FittedCalibrator:
        """Fit on out-of-fold raw probabilities and their labels."""
