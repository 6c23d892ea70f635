"""Gross profit realised at the top of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gosales.evaluation.top_sizes import TopSizes
from gosales.evaluation.weighted_ranking import WeightedRanking


@dataclass(frozen=True)
class RealisedGpAtK:
    """Gross profit that the rows in the top of the list really brought, losses included.

    In the currency of the log; larger is better.

    Parameters
    ----------
    k_pct : sequence of float, default (5, 10, 20)
        Sizes of the top in per cent of the rows; ``k = max(1, floor(n * K / 100))``.
    k_accounts : sequence of int, default ()
        Sizes of the top as numbers of rows.

    Notes
    -----
    ``sum of gp in the top``; rows tied at the edge count by their share. A log without gross
    profit gives a null, not 0.

    Examples
    --------
    >>> ranking = WeightedRanking.plain([0.9, 0.5, 0.4, 0.1], [1, 0, 0, 1], gp=[30, 0, -5, 10])
    >>> RealisedGpAtK(k_pct=[75]).values(ranking)["realised_gp_at_75pct"].tolist()
    [25.0]
    """

    k_pct: Sequence[float] = (5, 10, 20)
    k_accounts: Sequence[int] = ()

    requires: ClassVar[str] = "gross profit in the outcome, and as many rows as the top holds"
    needs_probability: ClassVar[bool] = False

    def __post_init__(self) -> None:
        TopSizes(self.k_pct, self.k_accounts)

    @property
    def names(self) -> tuple[str, ...]:
        """``realised_gp_at_10pct`` and its like."""
        return tuple(f"realised_gp_at_{s}" for s in TopSizes(self.k_pct, self.k_accounts).suffixes)

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """One value per size, each of shape (B,)."""
        sizes = TopSizes(self.k_pct, self.k_accounts)
        mass = sizes.mass(ranking)
        realised = ranking.top("gp", mass)
        known = len(ranking.sample.events["gp"].rows) > 0
        return sizes.named("realised_gp", realised if known else np.full_like(realised, np.nan))
