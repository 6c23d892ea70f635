"""One ranking under many sets of account weights: what every metric is computed from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from gosales.core.errors import InternalError
from gosales.evaluation.sample import SPARE, Events, Sample


class WeightedRanking:
    """A sample in which account ``g`` stands ``counts[b, g]`` times in replicate ``b``.

    Parameters
    ----------
    sample : Sample
        The scored rows.
    counts : numpy.ndarray of int, shape (B, n_groups)
        How often each account occurs in each replicate; all ones for the data as they are.

    Raises
    ------
    InternalError
        If counts are negative, not whole, or not one per account.

    Notes
    -----
    The top of a ranking is a *mass* of rows. Where it cuts through a tie block it takes the same
    share of everything in the block: the expectation over all orders of the tied rows.
    """

    def __init__(self, sample: Sample, counts: np.ndarray) -> None:
        whole = np.issubdtype(counts.dtype, np.integer)
        if counts.ndim != 2 or counts.shape[1] != sample.n_groups or not whole:
            raise InternalError(
                "account weights have the wrong shape or type",
                got=f"{counts.dtype}{counts.shape}",
                allowed=f"whole numbers, one column for each of {sample.n_groups} accounts",
            )
        if counts.size and int(counts.min()) < 0:
            raise InternalError("an account weight is negative", got=str(counts.min()))
        self.sample = sample
        self.counts = counts
        self._cumulated: dict[str, np.ndarray] = {}
        self._sums: dict[str, np.ndarray] = {}
        self._tops: dict[tuple[str, bytes], np.ndarray] = {}
        self._ends: dict[bytes, tuple[np.ndarray, np.ndarray]] = {}

    @classmethod
    def plain(cls, score: npt.ArrayLike, y: npt.ArrayLike, gp: npt.ArrayLike | None = None) -> Self:
        """The data as they are, every row an account of its own, in one replicate."""
        return cls.once(Sample.of(score, y, gp))

    @classmethod
    def once(cls, sample: Sample) -> Self:
        """Every account once, in one replicate."""
        return cls(sample, np.ones((1, sample.n_groups), dtype=np.int64))

    @cached_property
    def _weights(self) -> np.ndarray:
        return self.counts.astype("float64")

    @cached_property
    def _sorted(self) -> np.ndarray:
        # Whole numbers: their running sums are exact, and six times faster than of floats.
        return np.take(self.counts.astype(np.int32, copy=False), self.sample.sorted_group, axis=1)

    @cached_property
    def above(self) -> np.ndarray:
        """Rows above each tie block, shape (B, m + 1), whole; the last column is all of them."""
        starts = self.sample.block_starts
        mass = self._sorted
        if len(starts) < mass.shape[1]:
            mass = np.add.reduceat(mass, starts, axis=1)
        return _cumulate(mass, np.int32)

    @cached_property
    def total(self) -> np.ndarray:
        """Rows of each replicate, shape (B,)."""
        return self.above[:, -1].astype("float64")

    @property
    def positives(self) -> np.ndarray:
        """Positive rows of each replicate, shape (B,)."""
        return self.cumulated("y")[:, -1]

    def cumulated(self, quantity: str) -> np.ndarray:
        """Running sum of ``y``, ``gp`` or ``gain`` over its event blocks.

        Returns
        -------
        numpy.ndarray, shape (B, k + 1)
            Column ``j`` holds the sum over the first ``j`` blocks of ``sample.events``, in the
            unit of its values.
        """
        if quantity not in self._cumulated:
            self._cumulated[quantity] = self._cumulate_events(self.sample.events[quantity])
        return self._cumulated[quantity]

    def _cumulate_events(self, events: Events) -> np.ndarray:
        everywhere = len(events.rows) == self._sorted.shape[1]
        mass = self._sorted if everywhere else np.take(self._sorted, events.rows, axis=1)
        if events.unit != 1.0 and self.total.max(initial=0.0) > SPARE * self.sample.heaviest:
            raise InternalError(
                "account weights are too heavy to sum scores exactly",
                got=f"{self.total.max():.0f} rows in a replicate",
                allowed=f"at most {SPARE} times {self.sample.heaviest}",
            )
        kind = events.values.dtype.type
        if len(events.starts) < len(events.rows):
            sums = np.add.reduceat(mass * events.values, events.starts, axis=1)
            return _cumulate(sums, kind)
        # In place: large arrays that come and go cost as much as the sums.
        out = np.zeros((len(mass), len(events.rows) + 1), dtype=kind)
        np.multiply(mass, events.values, out=out[:, 1:])
        return np.cumsum(out, axis=1, out=out)

    def top(self, quantity: str, mass: np.ndarray) -> np.ndarray:
        """Expected sum of a quantity over the top of the ranking.

        Parameters
        ----------
        quantity : {"y", "gp", "gain", "score"}
            What is summed.
        mass : numpy.ndarray, shape (B, q)
            How many rows the top holds, fractions allowed, at most `total`.

        Returns
        -------
        numpy.ndarray, shape (B, q)
        """
        # Lift, capture and precision ask for the same tops, both calibration errors for the same
        # bins: each is found once.
        key = (quantity, mass.tobytes())
        if key not in self._tops:
            self._tops[key] = self._expected(quantity, mass)
        return self._tops[key]

    def _expected(self, quantity: str, mass: np.ndarray) -> np.ndarray:
        sums, events = self.cumulated(quantity), self.sample.events[quantity]
        place = mass.tobytes()
        if place not in self._ends:
            self._ends[place] = self._locate(mass)
        block, share = self._ends[place]
        row = np.arange(len(sums))[:, None]
        low = sums[row, events.before[block]]
        expected: np.ndarray = low + share * (sums[row, events.before[block + 1]] - low)
        return expected * events.unit

    def _locate(self, mass: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Tie block in which each top ends, and the share of the block it takes."""
        above = self.above
        last = above.shape[1] - 2
        block = np.stack([row[1:].searchsorted(m) for row, m in zip(above, mass, strict=True)])
        block = np.minimum(block, last)
        row = np.arange(len(above))[:, None]
        low = above[row, block]
        size = above[row, block + 1] - low
        share = np.divide(mass - low, size, out=np.zeros_like(mass), where=size > 0)
        return block, np.clip(share, 0.0, 1.0)

    def weighted_sums(self, key: str, rows: Callable[[], np.ndarray]) -> np.ndarray:
        """Sums in each replicate of values of the rows, shape (B, q).

        Parameters
        ----------
        key : str
            Names the values: what two metrics need is summed once.
        rows : callable
            Makes the values, shape (n, q); asked once per sample.
        """
        if key not in self._sums:
            by_group = self.sample.kept(key, lambda: self.sample.by_group(rows()))
            self._sums[key] = self._weights @ by_group
        return self._sums[key]


def _cumulate(mass: np.ndarray, kind: type[np.number[Any]]) -> np.ndarray:
    out = np.empty((mass.shape[0], mass.shape[1] + 1), dtype=kind)
    out[:, 0] = 0
    np.cumsum(mass, axis=1, dtype=kind, out=out[:, 1:])
    return out
