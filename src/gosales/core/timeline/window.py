"""A half-open span of days, and the one comparison of dates the package makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from gosales.core.errors import ConfigError


@dataclass(frozen=True, order=True)
class Window:
    """Days ``d`` with ``start < d <= end``; ``start`` None reaches back without bound.

    Parameters
    ----------
    start : datetime.date or None
        The day before the first day of the window; None for all history.
    end : datetime.date
        The last day of the window.

    Raises
    ------
    ConfigError
        If ``start`` is after ``end``.

    Notes
    -----
    Being half-open, ``(a, b]`` and ``(b, c]`` share no day and leave none out.

    Examples
    --------
    >>> from datetime import date
    >>> w = Window(date(2024, 6, 30), date(2024, 12, 31))
    >>> w.contains(date(2024, 6, 30)), w.contains(date(2024, 7, 1)), w.days
    (False, True, 184)
    """

    start: date | None
    end: date

    def __post_init__(self) -> None:
        if self.start is not None and self.start > self.end:
            raise ConfigError(
                "a window starts after it ends",
                got=f"({self.start}, {self.end}]",
                allowed="start on or before end",
                remedy="check horizon, lag and lookback",
                reason_code="bad_window",
            )

    @property
    def days(self) -> int | None:
        """Length in days; None when unbounded to the left."""
        return None if self.start is None else (self.end - self.start).days

    def contains(self, day: date) -> bool:
        """Whether one day lies in the window."""
        return (self.start is None or day > self.start) and day <= self.end

    def predicate(self, column: Any) -> Any:
        """The window as a condition on a column (pandas Series or Ibis date expression).

        Parameters
        ----------
        column : pandas.Series or ibis date column
            Dates; anything whose ``<=`` and ``>`` with a date give element-wise answers.

        Returns
        -------
        Same kind as ``column``, boolean
            True where ``start < column <= end``.
        """
        inside = column <= self.end
        return inside if self.start is None else (column > self.start) & inside

    def closes_by(self, day: date) -> bool:
        """Whether every day of the window lies on or before ``day``."""
        return self.end <= day

    def overlaps(self, other: Window) -> bool:
        """Whether two windows share at least one day."""
        latest_start = max((w.start for w in (self, other) if w.start is not None), default=None)
        earliest_end = min(self.end, other.end)
        return latest_start is None or latest_start < earliest_end

    def __str__(self) -> str:
        return f"({self.start or '-inf'}, {self.end}]"
