"""Where every window of some cutoffs begins and ends, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import pandas as pd

from gosales.core.columns import CUTOFF
from gosales.core.timeline import Cutoff, Lookback

# Start of the window that reaches furthest back.
EARLIEST: Final = "earliest__start"
_FIRST_DAY: Final = date(1, 1, 1)


def window_bounds(cutoffs: Iterable[Cutoff], lookbacks: Sequence[Lookback]) -> pd.DataFrame:
    """One row per cutoff, with the bounds of all windows.

    Parameters
    ----------
    cutoffs : iterable of Cutoff
        The rows.
    lookbacks : sequence of Lookback
        The windows.

    Returns
    -------
    pandas.DataFrame
        Dates: ``cutoff``; ``<token>__start`` (exclusive) and ``<token>__end`` of each window,
        ``<token>__middle`` where its months are even in number; ``earliest__start``.

    Examples
    --------
    >>> from gosales.core.timeline import Cutoff, Lookback
    >>> bounds = window_bounds([Cutoff.parse("2024-06-30")], [Lookback(months=3)])
    >>> bounds.iloc[0].astype(str).tolist()
    ['2024-06-30', '2024-03-31', '2024-06-30', '2024-03-31']
    """
    rows = []
    for cutoff in cutoffs:
        row: dict[str, object] = {CUTOFF: cutoff.day}
        starts = []
        for lookback in lookbacks:
            window, later = lookback.window(cutoff), lookback.later_half
            row[f"{lookback.token}__start"] = window.start or _FIRST_DAY
            row[f"{lookback.token}__end"] = window.end
            if later is not None:
                row[f"{lookback.token}__middle"] = later.window(cutoff).start
            if window.start is not None:
                starts.append(window.start)
        row[EARLIEST] = min(starts, default=_FIRST_DAY)
        rows.append(row)
    return pd.DataFrame(rows)
