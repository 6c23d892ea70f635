"""The interface of a fitted transform: learned on training rows, frozen in the bundle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self, runtime_checkable

import pandas as pd

from gosales.features.spec import FeatureSpec


@runtime_checkable
class FittedTransform(Protocol):
    """A transform with its learned state."""

    def apply(self, X: pd.DataFrame) -> pd.DataFrame:
        """Transform rows one by one: no row's result depends on another row."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore the same transform."""


@runtime_checkable
class Transform(Protocol):
    """Learns its state from the training rows of one fold and from nothing else."""

    name: str

    def fit(self, X: pd.DataFrame, specs: Sequence[FeatureSpec]) -> FittedTransform:
        """Learn from training rows; labels are never given."""
