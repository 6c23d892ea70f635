"""A table of the log as it lies on the disk: where leaks read past the view."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gosales.core.timeline import Cutoff, Window
from gosales.data.star import Star


def raw_table(star: Star, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Columns of a table with all its rows, the future's too.

    Parameters
    ----------
    star : Star
        The log.
    name : str
        One of `gosales.data.star.TABLES`.
    columns : sequence of str
        Those wanted; dates come as dates.
    """
    return pd.read_parquet(star.table(name), columns=list(columns))


def on_or_before(dates: pd.Series, cutoff: Cutoff) -> pd.Series:
    """Which dates are not after a cutoff; a missing one is."""
    inside: pd.Series = Window(None, cutoff.day).predicate(dates)
    return inside.fillna(value=False).astype(bool)
