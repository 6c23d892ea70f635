"""What happened in a world, month by month: orders, deals and the mood for contacts."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

OPEN, WON, LOST = 0, 1, 2


@dataclass(frozen=True)
class Orders:
    """Orders of product lines; all arrays have shape (n_orders,)."""

    month: np.ndarray
    account: np.ndarray
    line: np.ndarray


@dataclass(frozen=True)
class Deals:
    """Deals; all arrays have shape (n_deals,).

    ``opened`` and ``closed`` are months, ``closed`` -1 while open; ``end`` is `OPEN`, `WON` or
    `LOST`.
    """

    account: np.ndarray
    line: np.ndarray
    opened: np.ndarray
    closed: np.ndarray
    end: np.ndarray


@dataclass
class History:
    """Collects what the dynamics do."""

    _orders: list[np.ndarray] = field(default_factory=list)
    _begun: list[np.ndarray] = field(default_factory=list)
    _ended: list[np.ndarray] = field(default_factory=list)
    _moods: list[np.ndarray] = field(default_factory=list)

    def note_mood(self, mood: np.ndarray) -> None:
        """Expected contacts of a month, shape (n,)."""
        self._moods.append(mood)

    def note(
        self, month: int, counts: np.ndarray, deals: tuple[np.ndarray, np.ndarray, np.ndarray]
    ) -> None:
        """A month's orders, and its deals won, lost and opened; all of shape (n, n_lines)."""
        account, line = np.nonzero(counts)
        times = counts[account, line]
        account, line = np.repeat(account, times), np.repeat(line, times)
        self._orders.append(np.stack([np.full(len(account), month), account, line]))
        won, lost, opened = deals
        for end, which in ((WON, won), (LOST, lost)):
            self._ended.append(_placed(which, month, end))
        self._begun.append(_placed(opened, month, OPEN))

    @property
    def orders(self) -> Orders:
        """Every order."""
        return Orders(*np.concatenate(self._orders, axis=1))

    @property
    def moods(self) -> np.ndarray:
        """Expected contacts, shape (n_months, n_accounts)."""
        return np.stack(self._moods)

    @property
    def deals(self) -> Deals:
        """Every deal with its end.

        Notes
        -----
        An account has at most one open deal of a line, so the first end after a beginning is its
        own: sorted by account, line and month, the k-th end belongs to the k-th beginning.
        """
        begun, ended = (_sorted(np.concatenate(p, axis=1)) for p in (self._begun, self._ended))
        closed = np.full(begun.shape[1], -1)
        end = np.full(begun.shape[1], OPEN)
        at = _order_within(begun, ended)
        closed[at], end[at] = ended[2], ended[3]
        return Deals(begun[0], begun[1], begun[2], closed, end)


def _placed(which: np.ndarray, month: int, end: int) -> np.ndarray:
    account, line = np.nonzero(which)
    return np.stack([account, line, np.full(len(account), month), np.full(len(account), end)])


def _sorted(rows: np.ndarray) -> np.ndarray:
    order = np.lexsort((rows[2], rows[1], rows[0]))
    ordered: np.ndarray = rows[:, order]
    return ordered


def _order_within(begun: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """Position among the beginnings of the one each end belongs to."""
    keys = [rows[0] * 1_000 + rows[1] for rows in (begun, ended)]
    rank = np.arange(len(keys[1])) - np.searchsorted(keys[1], keys[1])
    place: np.ndarray = np.searchsorted(keys[0], keys[1]) + rank
    return place
