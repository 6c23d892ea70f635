"""A metric that can say how far each account pulls its values."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from gosales.evaluation.sample import Sample


@runtime_checkable
class InfluentialMetric(Protocol):
    """A `Metric` whose intervals are corrected for skew (`corrected_tails`)."""

    def influence(self, sample: Sample) -> dict[str, np.ndarray]:
        """Pull of each account on each value, shape (n_groups,), up to a common factor."""
