"""What a column of account facts may say, as numbers that can be held against an outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from gosales.core.seeds import stable_buckets
from gosales.gauntlet.hindsight import Surprise

_LEVEL_ACCOUNTS: Final = 30  # smaller levels count only together
_FEW_VALUES: Final = 50  # so many numbers or fewer may be codes, whose order says nothing
_BINS: Final = 20  # of other numbers: what neither rank nor quarters see
_ALIKE: Final = 0.5  # least correlation of the scores of the levels at two moments


@dataclass(frozen=True)
class ColumnPart:
    """One way to read a column.

    Parameters
    ----------
    level : str
        A category, ``rank`` or ``quarter 1`` to ``quarter 4`` of a number, ``(missing)``, or
        ``(all levels)``: each account's level scored by the surprise of the other half of accounts.
    values : numpy.ndarray, shape (all customers,)
        The column read so.
    scores : pandas.Series, optional
        By level, the mean surprise of its accounts; for ``(all levels)`` only.
    """

    level: str
    values: np.ndarray
    scores: pd.Series | None = None

    def tells_the_same(self, other: ColumnPart) -> bool:
        """Whether the levels that had more at one moment had more at the other too.

        Examples
        --------
        >>> more, less = pd.Series({"north": 0.3, "south": -0.2}), pd.Series({"north": -0.1})
        >>> first = ColumnPart("(all levels)", np.zeros(2), more)
        >>> first.tells_the_same(ColumnPart("(all levels)", np.zeros(2), less))
        False
        """
        if self.scores is None or other.scores is None:
            return self.level == other.level
        levels = self.scores.index.union(other.scores.index)
        a, b = (s.reindex(levels).fillna(0.0) for s in (self.scores, other.scores))
        spread = float(np.sqrt((a**2).sum() * (b**2).sum()))
        return bool(float((a * b).sum()) > _ALIKE * spread)


def column_parts(column: pd.Series, surprise: Surprise, seed: int) -> list[ColumnPart]:
    """All ways to read a column.

    Parameters
    ----------
    column : pandas.Series, shape (all customers,)
        Numbers, or categories as text, by customer.
    surprise : Surprise
        What levels are scored by.
    seed : int
        Which half of the accounts scores the other.
    """
    kinds = pd.api.types
    if kinds.is_numeric_dtype(column) or kinds.is_bool_dtype(column):
        named, levels = _of_numbers(column), _codes(column)
    else:
        named, levels = _large_levels(column), column
    return [*named, _scored(levels, surprise, seed)]


def _large_levels(column: pd.Series) -> Iterator[ColumnPart]:
    counts = column.value_counts()
    for level in counts.index[counts >= _LEVEL_ACCOUNTS]:
        yield ColumnPart(str(level), (column == level).to_numpy(dtype="float64"))


def _of_numbers(column: pd.Series) -> Iterator[ColumnPart]:
    """Rank, each quarter, and whether the value is missing."""
    ranks = column.rank(pct=True)
    yield ColumnPart("rank", ranks.fillna(0.5).to_numpy(dtype="float64"))
    for quarter in range(4):
        inside = (ranks > quarter / 4) & (ranks <= (quarter + 1) / 4)
        yield ColumnPart(f"quarter {quarter + 1}", inside.to_numpy(dtype="float64"))
    yield ColumnPart("(missing)", column.isna().to_numpy(dtype="float64"))


def _codes(column: pd.Series) -> pd.Series:
    """Few numbers as they are; of many, twenty bins of nearly equal size; a missing one is -1."""
    known = column.astype("float64")
    if known.nunique() > _FEW_VALUES:
        known = pd.qcut(known.rank(method="first"), _BINS, labels=False)
    return pd.Series(pd.factorize(known, sort=True)[0], column.index)


def _scored(levels: pd.Series, surprise: Surprise, seed: int) -> ColumnPart:
    names = levels.index[surprise.accounts]
    half = stable_buckets(list(map(str, names)), 2, seed)
    here = levels.to_numpy(dtype=object)[surprise.accounts]
    own = np.zeros(len(here))
    for side in (0, 1):
        score = _scores(here[half != side], surprise.rest[half != side])
        own[half == side] = pd.Series(here[half == side]).map(score).fillna(0.0).to_numpy()
    out = np.zeros(len(levels))
    out[surprise.accounts] = own
    return ColumnPart("(all levels)", out, _scores(here, surprise.rest))


def _scores(levels: np.ndarray, rest: np.ndarray) -> pd.Series:
    sums = pd.Series(rest).groupby(levels)
    # One account added to each level, with no surprise: small levels say little.
    return sums.sum() / (sums.size() + 1)
