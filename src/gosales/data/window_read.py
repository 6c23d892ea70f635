"""Which rows of which table were placed in a window."""

from __future__ import annotations

from dataclasses import dataclass

from gosales.core.timeline import Lookback


@dataclass(frozen=True)
class WindowRead:
    """One question that was asked of a view: rows of a table, placed by a date.

    Parameters
    ----------
    lookback : Lookback
        The window.
    table : str
        Star table whose rows were placed in it.
    column : str
        The date that placed them.

    Examples
    --------
    >>> read = WindowRead(Lookback(months=12), "assets", "purchase_date")
    >>> WindowRead.parse(read.words) == read
    True
    """

    lookback: Lookback
    table: str
    column: str

    @property
    def words(self) -> tuple[str, str, str]:
        """As plain text: token, table, column; sorts like the reads of a report."""
        return self.lookback.token, self.table, self.column

    @classmethod
    def parse(cls, words: tuple[str, str, str] | list[str]) -> WindowRead:
        """Read what `words` wrote."""
        token, table, column = words
        return cls(Lookback.parse(token), table, column)
