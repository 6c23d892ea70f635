"""Squared calibration error over equal-mass bins, without what chance adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gosales.core.errors import ConfigError
from gosales.evaluation.ratio import ratio
from gosales.evaluation.weighted_ranking import WeightedRanking


@dataclass(frozen=True)
class DebiasedEce:
    """Mean squared distance between promise and outcome, less its expectation under perfection.

    0 is perfect, on average and at any number of rows; a good model is below 0 about as often as
    above. `CalMae` on the same bins is never 0, and the more so the fewer rows there are.

    Parameters
    ----------
    n_bins : int, default 10
        Bins of equal mass along the score.

    Notes
    -----
    ``sum over bins of share * ((mean p - rate)^2 - rate (1 - rate) / (n_b - 1))``, with ``n_b``
    rows in a bin. A tie block that a bin edge cuts is shared in proportion. A replicate of the
    bootstrap repeats accounts, which adds scatter that no bin count knows of, so its interval
    leans upward: read the value for size and the interval of `CalSlope` for a verdict.

    References
    ----------
    Kumar, Liang & Ma 2019, "Verified uncertainty calibration"; Bröcker 2012, "Estimating
    reliability and resolution of probability forecasts through decomposition".

    Examples
    --------
    >>> ranking = WeightedRanking.plain([0.8, 0.8, 0.1, 0.1], [1, 0, 0, 0])
    >>> DebiasedEce(n_bins=2).values(ranking)["cal_ece2_debiased"].round(4).tolist()
    [-0.075]
    """

    n_bins: int = 10

    names: ClassVar[tuple[str, ...]] = ("cal_ece2_debiased",)
    requires: ClassVar[str] = "at least two rows for each bin"
    needs_probability: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.n_bins < 1:
            raise ConfigError(
                "the number of calibration bins is malformed",
                got=str(self.n_bins),
                allowed=">= 1",
                remedy="set n_bins of validation.metrics.debiased_ece",
                reason_code="bad_bins",
            )

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """The debiased square, shape (B,)."""
        shares = np.arange(1, self.n_bins + 1) / self.n_bins
        edges = ranking.total[:, None] * shares
        size = (ranking.total / self.n_bins)[:, None]
        promised = ratio(np.diff(ranking.top("score", edges), axis=1, prepend=0.0), size)
        rate = ratio(np.diff(ranking.top("y", edges), axis=1, prepend=0.0), size)
        chance = ratio(rate * (1.0 - rate), size - 1.0)
        found = ((promised - rate) ** 2 - chance).mean(axis=1)
        enough = ranking.total >= 2 * self.n_bins
        return {"cal_ece2_debiased": np.where(enough, found, np.nan)}
