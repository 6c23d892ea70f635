"""Average precision."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from gosales.evaluation.ratio import ratio
from gosales.evaluation.weighted_ranking import WeightedRanking


@dataclass(frozen=True)
class AveragePrecision:
    r"""Mean, over buyers, of the share of buyers among the rows down to each of them.

    1 is perfect; a random ranking gives about the base rate, so compare with that.

    Notes
    -----
    The expectation over all orders of tied rows. Let a tie block of ``m`` rows hold ``t``
    positives and stand behind ``n`` rows with ``s`` positives. Its ``j``-th place holds a
    positive with probability ``t / m``, and then ``(j - 1)(t - 1)/(m - 1)`` more before it:

    .. math:: \frac{t}{m} \sum_{j=1}^{m} \frac{s + 1 + (j - 1) \frac{t - 1}{m - 1}}{n + j}

    which harmonic numbers give in closed form. A row of weight 2 is a tie block of two rows.

    Examples
    --------
    >>> ranking = WeightedRanking.plain([0.9, 0.5, 0.4], [1, 0, 1])
    >>> AveragePrecision().values(ranking)["ap"].round(4).tolist()
    [0.8333]
    """

    names: ClassVar[tuple[str, ...]] = ("ap",)
    requires: ClassVar[str] = "at least one positive"
    needs_probability: ClassVar[bool] = False

    def values(self, ranking: WeightedRanking) -> dict[str, np.ndarray]:
        """The mean precision, shape (B,)."""
        blocks = ranking.sample.events["y"].blocks
        running = ranking.cumulated("y")
        t, s = np.diff(running, axis=1), running[:, :-1]
        n = ranking.above[:, blocks]
        m = ranking.above[:, blocks + 1] - n
        sums = _harmonic_span(n, m)
        slope = np.divide(t - 1, m - 1, out=np.zeros_like(t), where=m > 1)
        inner = (s + 1) * sums + slope * (m - (n + 1) * sums)
        share = np.divide(t, m, out=np.zeros_like(t), where=m > 0)
        return {"ap": ratio((share * inner).sum(axis=1), ranking.positives)}


def _harmonic_span(n: np.ndarray, m: np.ndarray) -> np.ndarray:
    """``1/(n+1) + ... + 1/(n+m)`` for whole numbers."""
    end = (n + m).astype("int64")
    # The next power of two, so that replicates of almost one size share a table.
    table = _harmonic_numbers(1 << int(end.max(initial=0)).bit_length())
    span: np.ndarray = table[end] - table[n.astype("int64")]
    return span


@lru_cache(maxsize=4)
def _harmonic_numbers(n: int) -> np.ndarray:
    """``1 + 1/2 + ... + 1/k`` for k below n, shape (n,)."""
    table = np.zeros(n)
    np.cumsum(1.0 / np.arange(1, n), out=table[1:])
    return table
