"""Brier score against the constant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gosales.evaluation.metrics.brier import Brier
from gosales.evaluation.ratio import ratio
from gosales.evaluation.weighted_ranking import WeightedRanking


@dataclass(frozen=True)
class BrierExcess:
    """Brier score of the probabilities minus that of the best constant.

    Below 0: the probabilities say more than the base rate of these very rows, which nobody knew
    beforehand. Above 0: one number for everybody would have been closer to what came.

    Notes
    -----
    ``Brier - r (1 - r)`` with ``r`` the base rate of the same rows, in every replicate its own.

    Examples
    --------
    >>> ranking = WeightedRanking.plain([0.75, 0.25], [1, 0])
    >>> BrierExcess().values(ranking)["brier_excess"].tolist()
    [-0.1875]
    """

    names: ClassVar[tuple[str, ...]] = ("brier_excess",)
    requires: ClassVar[str] = "at least one row"
    needs_probability: ClassVar[bool] = True

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """The difference, shape (B,)."""
        rate = ratio(ranking.positives, ranking.total)
        return {"brier_excess": Brier().values(ranking)["brier"] - rate * (1.0 - rate)}
