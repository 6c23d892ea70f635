"""Gross profit lift at the top of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gosales.evaluation.ratio import ratio
from gosales.evaluation.top_sizes import TopSizes
from gosales.evaluation.weighted_ranking import WeightedRanking


@dataclass(frozen=True)
class RevLiftAtK:
    """Realised gross profit per row in the top of the list over that in all of it.

    1 is chance; larger is better.

    Parameters
    ----------
    k_pct : sequence of float, default (5, 10, 20)
        Sizes of the top in per cent of the rows; ``k = max(1, floor(n * K / 100))``.
    k_accounts : sequence of int, default ()
        Sizes of the top as numbers of rows.

    Notes
    -----
    ``(sum of max(gp, 0) in the top / k) / (sum of max(gp, 0) / n)``; losses count as 0.

    Examples
    --------
    >>> ranking = WeightedRanking.plain([0.9, 0.5, 0.4, 0.1], [1, 0, 0, 1], gp=[30, 0, -5, 10])
    >>> RevLiftAtK(k_pct=[25]).values(ranking)["rev_lift_at_25pct"].tolist()
    [3.0]
    """

    k_pct: Sequence[float] = (5, 10, 20)
    k_accounts: Sequence[int] = ()

    requires: ClassVar[str] = (
        "positive gross profit in the outcome, and as many rows as the top holds"
    )
    needs_probability: ClassVar[bool] = False

    def __post_init__(self) -> None:
        TopSizes(self.k_pct, self.k_accounts)

    @property
    def names(self) -> tuple[str, ...]:
        """``rev_lift_at_10pct`` and its like."""
        return tuple(f"rev_lift_at_{s}" for s in TopSizes(self.k_pct, self.k_accounts).suffixes)

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """One value per size, each of shape (B,)."""
        sizes = TopSizes(self.k_pct, self.k_accounts)
        mass = sizes.mass(ranking)
        mean = ratio(ranking.top("gain", mass), mass)
        base = ratio(ranking.cumulated("gain")[:, -1], ranking.total)
        return sizes.named("rev_lift", ratio(mean, base[:, None]))
