"""No calibration: the raw probability as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np


@dataclass(frozen=True)
class Identity:
    """Returns what it is given, to the last bit."""

    def predict(self, p: np.ndarray) -> np.ndarray:
        """The raw probabilities."""
        return np.asarray(p, dtype="float64")

    def to_json(self) -> dict[str, Any]:
        """Nothing to keep."""
        return {}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore."""
        return cls()


@dataclass(frozen=True)
class NoCalibration:
    """Fits nothing; also the answer when one class is all there is."""

    name = "none"

    def fit(self, p: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> Identity:
        """Return the identity."""
        return Identity()
