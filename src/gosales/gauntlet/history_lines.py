"""Lines of every account as arrays, and which of them are a mark of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, ORDER_DATE, SKU_KEY
from gosales.data.as_of import AsOfView


@dataclass(frozen=True)
class HistoryLines:
    """The lines of a log, sorted by account, SKU and day.

    Parameters
    ----------
    names : numpy.ndarray of str, shape (n_accounts,)
        Sorted ids; the other arrays hold positions in it.
    account, sku, day : numpy.ndarray of int, shape (n,)
        Of each line; days are counted from the first one.
    """

    names: np.ndarray
    account: np.ndarray
    sku: np.ndarray
    day: np.ndarray

    @classmethod
    def of(cls, view: AsOfView) -> Self:
        """The lines one cutoff shows.

        Parameters
        ----------
        view : AsOfView
            At one cutoff.
        """
        lines = view.transactions()
        frame = view.engine.run(lines.select(CUSTOMER, SKU_KEY, ORDER_DATE))
        account, names = pd.factorize(frame[CUSTOMER].astype(str), sort=True)
        sku, _ = pd.factorize(frame[SKU_KEY].astype(str), sort=True)
        day = pd.to_datetime(frame[ORDER_DATE]).to_numpy().astype("datetime64[D]").astype("int64")
        day -= day.min() if len(day) else 0
        order = np.lexsort((day, sku, account))
        return cls(np.asarray(names), account[order], sku[order], day[order])

    def unforeseen(self, slack: float, most: int) -> np.ndarray:
        """Lines whose step from the last of their SKU is not that of the last.

        Parameters
        ----------
        slack : float
            By which two steps may differ and count as one, as a share of the longer.
        most : int
            Days by which they may differ at most.

        Returns
        -------
        numpy.ndarray of bool, shape (n,)
        """
        new = np.diff(self.day, prepend=-1) != 0
        new[1:] |= (np.diff(self.account) != 0) | (np.diff(self.sku) != 0)
        at = np.flatnonzero(new)
        account, sku, step = self.account[at], self.sku[at], np.diff(self.day[at])
        foreseen = np.zeros(len(at), dtype=bool)
        if len(at) > 2:
            # Months and quarters differ by days; of short steps chance would keep many.
            room = np.clip(np.maximum(step[:-1], step[1:]) * slack, 1, most)
            one = (account[2:] == account[:-2]) & (sku[2:] == sku[:-2])
            foreseen[2:] = one & (np.abs(np.diff(step)) <= room)
        own: np.ndarray = ~foreseen[np.cumsum(new) - 1]
        return own

    def long(self, some: np.ndarray, min_lines: int, min_days: int) -> np.ndarray:
        """Accounts that have so many of some lines, on so many days.

        Parameters
        ----------
        some : numpy.ndarray of bool, shape (n,)
            The lines that count.
        min_lines, min_days : int
            Least number of them, and of their distinct days.

        Returns
        -------
        numpy.ndarray of bool, shape (n_accounts,)
        """
        n = len(self.names)
        span = int(self.day.max(initial=0)) + 1
        days = np.unique(self.account[some] * span + self.day[some]) // span
        enough: np.ndarray = np.bincount(self.account[some], minlength=n) >= min_lines
        return enough & (np.bincount(days, minlength=n) >= min_days)

    @cached_property
    def _ends(self) -> np.ndarray:
        return np.searchsorted(self.account, np.arange(len(self.names) + 1))

    def by_sku(self, account: int) -> dict[int, slice]:
        """Where the lines of each SKU of one account stand.

        Parameters
        ----------
        account : int
            Position in ``names``.
        """
        begin, end = int(self._ends[account]), int(self._ends[account + 1])
        sku = self.sku[begin:end]
        first = (np.flatnonzero(np.diff(sku, prepend=-1)) + begin).tolist()
        parts = map(slice, first, [*first[1:], end])
        return dict(zip(sku[np.array(first, dtype=int) - begin].tolist(), parts, strict=True))
