"""Gross profit captured at the top of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gosales.evaluation.ratio import ratio
from gosales.evaluation.top_sizes import TopSizes
from gosales.evaluation.weighted_ranking import WeightedRanking


@dataclass(frozen=True)
class RevCaptureAtK:
    """Share of all realised gross profit that stands in the top of the list.

    1 is perfect; a random list captures ``K / 100``.

    Parameters
    ----------
    k_pct : sequence of float, default (5, 10, 20)
        Sizes of the top in per cent of the rows; ``k = max(1, floor(n * K / 100))``.
    k_accounts : sequence of int, default ()
        Sizes of the top as numbers of rows.

    Notes
    -----
    ``sum of max(gp, 0) in the top / sum of max(gp, 0)``. A row that lost money counts as 0, in the
    numerator as in the denominator, so that the share stays between 0 and 1.

    Examples
    --------
    >>> ranking = WeightedRanking.plain([0.9, 0.5, 0.4, 0.1], [1, 0, 0, 1], gp=[30, 0, -5, 10])
    >>> RevCaptureAtK(k_pct=[25]).values(ranking)["rev_capture_at_25pct"].tolist()
    [0.75]
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
        """``rev_capture_at_10pct`` and its like."""
        return tuple(f"rev_capture_at_{s}" for s in TopSizes(self.k_pct, self.k_accounts).suffixes)

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """One value per size, each of shape (B,)."""
        sizes = TopSizes(self.k_pct, self.k_accounts)
        mass = sizes.mass(ranking)
        everything = ranking.cumulated("gain")[:, -1:]
        return sizes.named("rev_capture", ratio(ranking.top("gain", mass), everything))
