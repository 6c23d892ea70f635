"""Scored rows of one population, sorted once for every metric and every replicate."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from gosales.core.errors import InternalError

T = TypeVar("T")

# Bits of the largest sum of scores. An int64 has 63: sums up to 256 times as large are exact too.
_BITS = 54
SPARE = 256


@dataclass(frozen=True)
class Events:
    """Where along the ranking one quantity is not zero.

    Parameters
    ----------
    rows : numpy.ndarray of int, shape (e,)
        Positions in the sorted order whose value is not zero.
    values : numpy.ndarray, shape (e,)
        Their values, in units.
    starts : numpy.ndarray of int, shape (k,)
        Where in ``rows`` each new tie block begins.
    blocks : numpy.ndarray of int, shape (k,)
        The tie blocks that hold them.
    before : numpy.ndarray of int, shape (m + 1,)
        How many of those blocks stand before each tie block of the sample.
    unit : float
        What one of the values stands for.
    """

    rows: np.ndarray
    values: np.ndarray
    starts: np.ndarray
    blocks: np.ndarray
    before: np.ndarray
    unit: float


@dataclass(frozen=True)
class Sample:
    """Scores and outcomes of the rows of one population under one ranker.

    Parameters
    ----------
    score : numpy.ndarray, shape (n,)
        Larger ranks first; a probability where calibration is measured.
    y : numpy.ndarray, shape (n,)
        0 or 1.
    gp : numpy.ndarray, shape (n,)
        Realised gross profit in the label window; unknown counts as 0.
    group : numpy.ndarray of int, shape (n,)
        Account of each row, as a code below ``n_groups``.
    n_groups : int
        Accounts that are resampled; they may outnumber those present, so that several
        populations share one set of weights.

    Notes
    -----
    Rows of equal score form a *tie block*. Nothing here depends on the order of rows.
    """

    score: np.ndarray
    y: np.ndarray
    gp: np.ndarray
    group: np.ndarray
    n_groups: int

    @classmethod
    def of(
        cls,
        score: npt.ArrayLike,
        y: npt.ArrayLike,
        gp: npt.ArrayLike | None = None,
        group: npt.ArrayLike | None = None,
        n_groups: int | None = None,
    ) -> Self:
        """Check and convert; without groups every row is an account of its own.

        Raises
        ------
        InternalError
            If lengths differ, a score is not finite or a label is neither 0 nor 1.
        """
        s, t = np.asarray(score, dtype="float64"), np.asarray(y, dtype="float64")
        money = np.zeros(len(s)) if gp is None else np.asarray(gp, dtype="float64")
        codes = np.arange(len(s)) if group is None else np.asarray(group, dtype="int64")
        if not len(s) == len(t) == len(money) == len(codes):
            raise InternalError(
                "scores and outcomes differ in length",
                got=f"{len(s)}, {len(t)}, {len(money)}, {len(codes)}",
            )
        if not np.isfinite(s).all() or not np.isin(t, (0.0, 1.0)).all():
            raise InternalError(
                "a metric was given what it cannot measure",
                got="a score that is not finite or a label that is neither 0 nor 1",
                allowed="finite scores of labelled rows",
                remedy="evaluate panel.labelled() only",
            )
        size = int(codes.max(initial=-1)) + 1 if n_groups is None else n_groups
        return cls(s, t, np.nan_to_num(money, nan=0.0), codes, size)

    def take(self, at: np.ndarray) -> Sample:
        """The rows at positions or under a mask, over the same accounts."""
        parts = (self.score[at], self.y[at], self.gp[at], self.group[at])
        return Sample(*parts, self.n_groups)

    def __len__(self) -> int:
        return len(self.score)

    @cached_property
    def order(self) -> np.ndarray:
        """Positions of the rows from the highest score to the lowest, shape (n,)."""
        return np.argsort(-self.score, kind="stable")

    @cached_property
    def block_starts(self) -> np.ndarray:
        """Where in the sorted order each tie block begins, shape (m,)."""
        ranked = self.score[self.order]
        new = np.ones(len(ranked), dtype=bool)
        new[1:] = ranked[1:] != ranked[:-1]
        return np.flatnonzero(new)

    @cached_property
    def sorted_group(self) -> np.ndarray:
        """Account code of each row in sorted order, shape (n,)."""
        codes: np.ndarray = self.group[self.order]
        return codes

    @cached_property
    def events(self) -> dict[str, Events]:
        """Events of ``y``, ``gp``, ``gain`` (profit, losses as 0) and ``score``."""
        return {
            "y": self._events(self.y),
            "gp": self._events(self.gp),
            "gain": self._events(np.maximum(self.gp, 0.0)),
            "score": self._events(*_in_whole_units(self.score, self.heaviest)),
        }

    @property
    def heaviest(self) -> int:
        """Rows of the heaviest replicate: all draws are the account with the most rows."""
        return int(np.bincount(self.group, minlength=1).max()) * self.n_groups

    def _events(self, values: np.ndarray, unit: float = 1.0) -> Events:
        ranked = values[self.order]
        rows = np.flatnonzero(ranked)
        m = len(self.block_starts)
        block = np.searchsorted(self.block_starts, rows, side="right") - 1
        blocks, starts = np.unique(block, return_index=True)
        before = np.searchsorted(blocks, np.arange(m + 1), side="left")
        return Events(rows, ranked[rows], starts, blocks, before, unit)

    @cached_property
    def _kept(self) -> dict[str, Any]:
        return {}

    def kept(self, key: str, make: Callable[[], T]) -> T:
        """What a metric derives from the sample alone: made once, used in every replicate."""
        if key not in self._kept:
            self._kept[key] = make()
        value: T = self._kept[key]
        return value

    def by_group(self, rows: np.ndarray) -> np.ndarray:
        """Sums of row values per account, (n, q) to (n_groups, q)."""
        sums = [np.bincount(self.group, weights=v, minlength=self.n_groups) for v in rows.T]
        return np.stack(sums, axis=1)

    @property
    def n_positive_groups(self) -> int:
        """Accounts with at least one positive row."""
        return len(np.unique(self.group[self.y == 1.0]))


def _in_whole_units(values: np.ndarray, heaviest: int) -> tuple[np.ndarray, float]:
    """Values as whole multiples of a power of two, as fine as a float of the largest sum is.

    Notes
    -----
    Every row has a score, so its running sums are long; of whole numbers they take a fifth of the
    time and do not depend on the order. The unit is about 1e-12 for 20,000 probabilities.
    """
    largest = float(np.abs(values).max(initial=0.0)) * max(heaviest, 1)
    if not largest:
        return values, 1.0
    unit = math.ldexp(1.0, math.frexp(largest)[1] - _BITS)
    return np.rint(values / unit).astype("int64"), unit
