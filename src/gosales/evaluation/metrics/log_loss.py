"""Logarithmic loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gosales.evaluation.ratio import ratio
from gosales.evaluation.sample import Sample
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.models.logistic import clipped


@dataclass(frozen=True)
class LogLoss:
    """Mean negative log likelihood of the outcomes, in nats.

    0 is perfect; the constant base rate scores its entropy; one certain mistake costs 27.6.

    Notes
    -----
    ``-sum w (y ln p + (1 - y) ln(1 - p)) / sum w`` with ``p`` moved into ``[1e-12, 1 - 1e-12]``.

    Examples
    --------
    >>> loss = LogLoss().values(WeightedRanking.plain([0.5, 0.5], [1, 0]))["log_loss"]
    >>> loss.round(4).tolist()
    [0.6931]
    """

    names: ClassVar[tuple[str, ...]] = ("log_loss",)
    requires: ClassVar[str] = "at least one row"
    needs_probability: ClassVar[bool] = True

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """The mean loss, shape (B,)."""
        loss = ranking.weighted_sums("log_loss", lambda: _loss(ranking.sample))
        return {"log_loss": ratio(loss[:, 0], ranking.total)}


def _loss(sample: Sample) -> np.ndarray:
    p = clipped(sample.score)
    loss: np.ndarray = -np.where(sample.y == 1.0, np.log(p), np.log1p(-p))[:, None]
    return loss
