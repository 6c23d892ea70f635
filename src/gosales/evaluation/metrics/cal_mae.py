"""Calibration error over equal-mass bins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gosales.core.errors import ConfigError
from gosales.evaluation.ratio import ratio
from gosales.evaluation.weighted_ranking import WeightedRanking


@dataclass(frozen=True)
class CalMae:
    """Mean distance between what was promised and what came, over bins of equal mass.

    0 is perfect. A perfectly calibrated model still shows about 0.02 at 500 rows, so read it
    beside its interval. With bins of equal mass it is the expected calibration error.

    Parameters
    ----------
    n_bins : int, default 10
        Bins of equal mass along the score.

    Notes
    -----
    ``sum over bins of mass * |mean p - rate| / total mass``. A tie block that a bin edge cuts is
    shared between the bins in proportion.

    Examples
    --------
    >>> ranking = WeightedRanking.plain([0.8, 0.8, 0.1, 0.1], [1, 0, 0, 0])
    >>> CalMae(n_bins=2).values(ranking)["cal_mae"].round(4).tolist()
    [0.2]
    """

    n_bins: int = 10

    names: ClassVar[tuple[str, ...]] = ("cal_mae",)
    requires: ClassVar[str] = "at least as many rows as bins"
    needs_probability: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.n_bins < 1:
            raise ConfigError(
                "the number of calibration bins is malformed",
                got=str(self.n_bins),
                allowed=">= 1",
                remedy="set n_bins of validation.metrics.cal_mae",
                reason_code="bad_bins",
            )

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """The mean distance, shape (B,)."""
        shares = np.arange(1, self.n_bins + 1) / self.n_bins
        edges = ranking.total[:, None] * shares
        promised = np.diff(ranking.top("score", edges), axis=1, prepend=0.0)
        came = np.diff(ranking.top("y", edges), axis=1, prepend=0.0)
        distance = ratio(np.abs(promised - came).sum(axis=1), ranking.total)
        enough = len(ranking.sample) >= self.n_bins
        return {"cal_mae": distance if enough else np.full_like(distance, np.nan)}
