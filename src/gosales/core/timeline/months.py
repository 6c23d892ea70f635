"""Month arithmetic that leaves no gap between month ends."""

from __future__ import annotations

import calendar
from datetime import date


def _month_end(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def add_months(day: date, months: int) -> date:
    """Shift a date by whole months, mapping a month end to a month end.

    Parameters
    ----------
    day : datetime.date
        The date to shift.
    months : int
        Months to add; negative shifts back.

    Returns
    -------
    datetime.date
        The same day of the target month, clipped to its length; the last day of a month always
        maps to the last day of the target month, so that consecutive windows leave no gap.

    Examples
    --------
    >>> from datetime import date
    >>> add_months(date(2019, 11, 30), 6)
    datetime.date(2020, 5, 31)
    >>> add_months(date(2024, 3, 30), -1)
    datetime.date(2024, 2, 29)
    """
    index = day.year * 12 + (day.month - 1) + months
    year, month = divmod(index, 12)
    month += 1
    last = _month_end(year, month)
    if day.day == _month_end(day.year, day.month):
        return date(year, month, last)
    return date(year, month, min(day.day, last))
