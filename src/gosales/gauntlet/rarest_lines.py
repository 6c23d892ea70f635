"""Which accounts have a line near the rarest lines of another."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gosales.gauntlet.history_lines import HistoryLines

_AT_ONCE = 2_000_000  # lines looked at together: bounds memory, decides nothing
_ORDERED_BY = 10  # rarest lines that bring copies side by side where all lines are common


class RarestLines:
    """Some lines of each account, those that the fewest lines lie near first.

    Parameters
    ----------
    lines : HistoryLines
        The log.
    marks : numpy.ndarray of bool, shape (n,)
        The lines that may be asked for.
    shift_days : int
        Near is the same SKU, no more days away.

    Attributes
    ----------
    near : numpy.ndarray of int, shape (n,)
        Lines near each line of the log, itself included.
    """

    def __init__(self, lines: HistoryLines, marks: np.ndarray, shift_days: int) -> None:
        span = int(lines.day.max(initial=0)) + 2 * shift_days + 2
        key = lines.sku * span + lines.day + shift_days
        ordered = np.sort(key)
        low = np.searchsorted(ordered, key - shift_days)
        high = np.searchsorted(ordered, key + shift_days, side="right")
        self.near = high - low
        at = np.flatnonzero(marks)
        at = at[np.lexsort((key[at], self.near[at], lines.account[at]))]
        self._n_accounts = len(lines.names)
        self._account = lines.account[at]
        self._place = np.arange(len(at)) - np.searchsorted(self._account, self._account)
        self._low, self._high = low[at], high[at]
        # Lines of one SKU and day stand in the order of their accounts' rarest lines: where only
        # the nearest are looked at, copies are among them.
        top = np.full((self._n_accounts, _ORDERED_BY), len(key))
        some = self._place < _ORDERED_BY
        top[self._account[some], self._place[some]] = np.searchsorted(ordered, key[at[some]])
        rank = np.empty(self._n_accounts, dtype=int)
        rank[np.lexsort(top.T[::-1])] = np.arange(self._n_accounts)
        order = np.lexsort((rank[lines.account], key))
        self._whose = lines.account[order]
        position = np.empty(len(order), dtype=int)
        position[order] = np.arange(len(order))
        self._position = position[at]

    def met(
        self, asked: np.ndarray, most: int
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Who has lines near the rarest lines of whom.

        Parameters
        ----------
        asked : numpy.ndarray of int, shape (n_accounts,)
            How many of its rarest lines to look near.
        most : int
            Lines looked at in all; each account's lines meet an equal share, the nearest.

        Yields
        ------
        tuple of numpy.ndarray of int
            Accounts, others, and how many of the account's lines the other has one near; all
            others of one account together.
        """
        use = self._place < asked[self._account]
        account, position = self._account[use], self._position[use]
        width = max(1, most // max(1, len(account)))
        low = np.maximum(self._low[use], position - width // 2)
        counts = np.minimum(self._high[use], low + width) - low
        first = 0
        while first < len(account):
            seen = np.cumsum(counts[first : first + _AT_ONCE])
            last = first + max(1, int(np.searchsorted(seen, _AT_ONCE, side="right")))
            # To the end of the account.
            last = int(np.searchsorted(account, account[min(last, len(account)) - 1], side="right"))
            yield self._shared(account[first:last], low[first:last], counts[first:last])
            first = last

    def _shared(
        self, account: np.ndarray, low: np.ndarray, counts: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        line = np.repeat(np.arange(len(account)), counts)
        inside = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
        n = self._n_accounts
        # One who bought twice near a line has it once.
        met = np.sort(line * n + self._whose[low[line] + inside])
        once = met[np.diff(met, prepend=-1) != 0]
        pairs, shared = np.unique(account[once // n] * n + once % n, return_counts=True)
        a, b = pairs // n, pairs % n
        others = a != b
        return a[others], b[others], shared[others]
