"""What the dynamics did, collected: orders, and each deal with its own end."""

from __future__ import annotations

import numpy as np

from gosales.data.world.history import LOST, OPEN, WON, History


def at(*places: tuple[int, int]) -> np.ndarray:
    which = np.zeros((3, 2), dtype=bool)
    for account, line in places:
        which[account, line] = True
    return which


def test_an_order_stands_as_often_as_it_was_placed() -> None:
    history, counts = History(), np.zeros((3, 2), dtype=int)
    counts[2, 1] = 2
    for month in (0, 1):
        history.note(month, counts * month, (at(), at(), at()))
    orders = history.orders
    rows = np.stack([orders.month, orders.account, orders.line], axis=1)
    assert rows.tolist() == [[1, 2, 1], [1, 2, 1]]


def test_each_deal_has_its_own_end_whatever_else_happens_that_month() -> None:
    history, none = History(), np.zeros((3, 2), dtype=int)
    # Won, lost and opened, month by month.
    history.note(0, none, (at(), at(), at((0, 0), (2, 1), (1, 0))))
    history.note(1, none, (at((0, 0)), at(), at()))
    history.note(2, none, (at(), at((2, 1)), at((0, 0))))
    history.note(3, none, (at(), at((0, 0)), at((2, 1))))
    history.note(4, none, (at(), at(), at((0, 0))))
    d = history.deals
    rows = np.stack([d.account, d.line, d.opened, d.closed, d.end], axis=1)
    assert rows.tolist() == [
        [0, 0, 0, 1, WON],
        [0, 0, 2, 3, LOST],
        [0, 0, 4, -1, OPEN],
        [1, 0, 0, -1, OPEN],
        [2, 1, 0, 2, LOST],
        [2, 1, 3, -1, OPEN],
    ]
