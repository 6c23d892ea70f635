"""Brier score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gosales.evaluation.ratio import ratio
from gosales.evaluation.sample import Sample
from gosales.evaluation.weighted_ranking import WeightedRanking


@dataclass(frozen=True)
class Brier:
    """Mean squared distance between probability and outcome.

    0 is perfect; the constant base rate ``r`` scores ``r (1 - r)``, so a useful model is below it.

    Notes
    -----
    ``sum w (p - y)^2 / sum w``. Few rows carry most of it, so the interval is corrected for skew
    (study 008: at 100 positives percentiles miss more than twice as often on one side).

    Examples
    --------
    >>> Brier().values(WeightedRanking.plain([0.5, 0.5], [1, 0]))["brier"].tolist()
    [0.25]
    """

    names: ClassVar[tuple[str, ...]] = ("brier",)
    requires: ClassVar[str] = "at least one row"
    needs_probability: ClassVar[bool] = True

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """The mean squared error, shape (B,)."""
        loss = ranking.weighted_sums("brier", lambda: _loss(ranking.sample))
        return {"brier": ratio(loss[:, 0], ranking.total)}

    def influence(self, sample: Sample) -> dict[str, np.ndarray]:
        """An account's squared errors less what its rows would bring at the mean."""
        loss = _loss(sample)
        off: np.ndarray = sample.by_group(loss - loss.mean())[:, 0]
        return {"brier": off}


def _loss(sample: Sample) -> np.ndarray:
    loss: np.ndarray = ((sample.score - sample.y) ** 2)[:, None]
    return loss
