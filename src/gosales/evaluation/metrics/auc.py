"""Area under the ROC curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gosales.evaluation.ratio import ratio
from gosales.evaluation.weighted_ranking import WeightedRanking


@dataclass(frozen=True)
class Auc:
    """Probability that a random buyer ranks above a random non-buyer.

    1 is perfect, 0.5 is chance, below 0.5 ranks the wrong way round.

    Notes
    -----
    A buyer and a non-buyer of equal score count one half. With weights ``w``:
    ``sum over buyers i of w_i (mass of non-buyers below i + half of those tied) / (P N)``.

    Examples
    --------
    >>> ranking = WeightedRanking.plain([0.9, 0.8, 0.8, 0.1], [1, 1, 0, 0])
    >>> Auc().values(ranking)["auc"].tolist()
    [0.875]
    """

    names: ClassVar[tuple[str, ...]] = ("auc",)
    requires: ClassVar[str] = "at least one positive and one negative"
    needs_probability: ClassVar[bool] = False

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """The area, shape (B,)."""
        blocks = ranking.sample.events["y"].blocks
        running = ranking.cumulated("y")
        positives = np.diff(running, axis=1)
        above = ranking.above[:, blocks]
        tied = ranking.above[:, blocks + 1] - above - positives
        negatives = ranking.total - ranking.positives
        below = negatives[:, None] - (above - running[:, :-1]) - tied
        wins = (positives * (below + 0.5 * tied)).sum(axis=1)
        return {"auc": ratio(wins, ranking.positives * negatives)}
