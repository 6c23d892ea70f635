"""The interface of a metric: one definition for the point value and for every replicate."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from gosales.evaluation.weighted_ranking import WeightedRanking


@runtime_checkable
class Metric(Protocol):
    """One or several numbers of a weighted ranking.

    Notes
    -----
    A weight counts copies of a row. Ties are resolved by expected value, never by row order.
    Where a value is not defined it is NaN, which becomes a null with the reason `requires`.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """What the metric measures, in the order of reporting."""

    @property
    def requires(self) -> str:
        """What must be there for the value to be defined, in one clause."""

    @property
    def needs_probability(self) -> bool:
        """Whether the score must be a probability."""

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """Values by name, each of shape (B,)."""
