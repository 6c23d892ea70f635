"""Precision at the top of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gosales.evaluation.ratio import ratio
from gosales.evaluation.top_sizes import TopSizes
from gosales.evaluation.weighted_ranking import WeightedRanking


@dataclass(frozen=True)
class PrecisionAtK:
    """Share of buyers among the rows in the top of the list.

    1 is perfect; a random list reaches the base rate.

    Parameters
    ----------
    k_pct : sequence of float, default (5, 10, 20)
        Sizes of the top in per cent of the rows; ``k = max(1, floor(n * K / 100))``.
    k_accounts : sequence of int, default ()
        Sizes of the top as numbers of rows.

    Notes
    -----
    ``positives in the top / k``; rows tied at the edge count by their share.

    Examples
    --------
    >>> ranking = WeightedRanking.plain([0.9, 0.5, 0.4, 0.1], [1, 0, 0, 1])
    >>> PrecisionAtK(k_pct=[50]).values(ranking)["precision_at_50pct"].tolist()
    [0.5]
    """

    k_pct: Sequence[float] = (5, 10, 20)
    k_accounts: Sequence[int] = ()

    requires: ClassVar[str] = "as many rows as the top holds"
    needs_probability: ClassVar[bool] = False

    def __post_init__(self) -> None:
        TopSizes(self.k_pct, self.k_accounts)

    @property
    def names(self) -> tuple[str, ...]:
        """``precision_at_10pct`` and its like."""
        return tuple(f"precision_at_{s}" for s in TopSizes(self.k_pct, self.k_accounts).suffixes)

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """One value per size, each of shape (B,)."""
        sizes = TopSizes(self.k_pct, self.k_accounts)
        mass = sizes.mass(ranking)
        return sizes.named("precision", ratio(ranking.top("y", mass), mass))
