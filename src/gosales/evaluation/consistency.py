"""Whether outcomes so far from the promises could come from promises that are true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gosales.core.errors import ConfigError
from gosales.core.seeds import derive_seed

# Cells of one chunk of simulated outcomes: a few megabytes, whatever the number of rows.
_CELLS = 500_000


@dataclass(frozen=True)
class Consistency:
    """Consistency resampling of the mean calibration error.

    Parameters
    ----------
    draws : int, default 999
        Sets of outcomes drawn from the promises.
    n_bins : int, default 10
        Bins of equal mass along the promise, as of `CalMae`.
    seed : int, default 7
        Root seed.

    Raises
    ------
    ConfigError
        If a parameter is below its minimum.

    Notes
    -----
    The statistic is the mean over bins of ``|mean p - rate|``. Each draw replaces the outcomes by
    Bernoulli draws of the promises themselves; ``p = (b + 1) / (draws + 1)`` with ``b`` draws at
    least as far off as the outcomes. Rows count as independent, so give it one row per account.
    Equal promises are one block that a bin edge shares in proportion: row order has no say.

    References
    ----------
    Bröcker & Smith 2007, "Increasing the reliability of reliability diagrams"; Phipson & Smyth
    2010, for the p-value.

    Examples
    --------
    >>> came = np.repeat([1.0, 0.0], [50, 50])
    >>> Consistency().p_value(np.full(100, 0.5), came) > 0.9
    True
    >>> Consistency().p_value(np.full(100, 0.8), came)
    0.001
    """

    draws: int = 999
    n_bins: int = 10
    seed: int = 7

    def __post_init__(self) -> None:
        if self.draws < 1 or self.n_bins < 1:
            raise ConfigError(
                "the consistency test is malformed",
                got=f"draws={self.draws}, n_bins={self.n_bins}",
                allowed="draws >= 1, n_bins >= 1",
                remedy="mend validation.consistency",
                reason_code="bad_consistency",
            )

    def p_value(self, probability: np.ndarray, y: np.ndarray) -> float | None:
        """Share of perfect forecasts that look at least as bad.

        Parameters
        ----------
        probability : numpy.ndarray, shape (n,)
            Promised.
        y : numpy.ndarray, shape (n,)
            0 or 1.

        Returns
        -------
        float or None
            In (0, 1]; None with fewer rows than bins.
        """
        if len(y) < self.n_bins:
            return None
        levels, block = np.unique(probability, return_inverse=True)
        size = np.bincount(block)
        bins = _Bins.of(size, self.n_bins)
        promised = bins.sums((levels * size)[None, :])
        came = bins.sums(np.bincount(block, weights=y)[None, :])
        observed = float(np.abs(came - promised).sum())
        rng = np.random.default_rng(derive_seed(self.seed, "consistency"))
        worse = 0
        step = max(1, _CELLS // len(levels))
        for start in range(0, self.draws, step):
            shape = (min(step, self.draws - start), len(levels))
            drawn = bins.sums(rng.binomial(size, levels, shape).astype("float64"))
            # A draw equal to the outcomes is as far off as they; sums differ in the last bits.
            far = np.abs(drawn - promised).sum(axis=1) >= observed - 1e-9 * len(y)
            worse += int(far.sum())
        return (worse + 1) / (self.draws + 1)


@dataclass(frozen=True)
class _Bins:
    """Where the edges of equal mass cut the blocks of equal promises."""

    block: np.ndarray
    share: np.ndarray

    @classmethod
    def of(cls, size: np.ndarray, n_bins: int) -> _Bins:
        above = np.concatenate([[0], np.cumsum(size)])
        edges = above[-1] * np.arange(n_bins + 1) / n_bins
        block = np.clip(np.searchsorted(above, edges, side="right") - 1, 0, len(size) - 1)
        return cls(block, (edges - above[block]) / size[block])

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Sums per bin, (b, blocks) to (b, bins)."""
        zero = np.zeros((len(values), 1))
        running = np.concatenate([zero, np.cumsum(values, axis=1)], axis=1)
        at = running[:, self.block] + self.share * values[:, self.block]
        return np.asarray(np.diff(at, axis=1))
