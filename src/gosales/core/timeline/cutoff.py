"""The day up to which everything may be known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gosales.core.errors import ConfigError
from gosales.core.timeline.months import add_months


@dataclass(frozen=True, order=True)
class Cutoff:
    """The last day whose events features may see; labels begin the day after.

    Parameters
    ----------
    day : datetime.date
        The cutoff day itself. Events of that day are history.

    Examples
    --------
    >>> Cutoff.parse("2024-12-31").minus_months(6)
    Cutoff(day=datetime.date(2024, 6, 30))
    >>> str(Cutoff.parse("2024-12-31"))
    '2024-12-31'
    """

    day: date

    @classmethod
    def parse(cls, value: str | date | Cutoff) -> Cutoff:
        """Read an ISO date (``YYYY-MM-DD``), a date or a cutoff.

        Raises
        ------
        ConfigError
            If the text is not an ISO date.
        """
        if isinstance(value, Cutoff):
            return value
        if isinstance(value, datetime):
            return cls(value.date())
        if isinstance(value, date):
            return cls(value)
        try:
            return cls(date.fromisoformat(str(value).strip()))
        except ValueError as error:
            raise ConfigError(
                "the cutoff is not a date",
                got=repr(value),
                allowed="an ISO date, YYYY-MM-DD",
                remedy="give for example cutoff=2024-12-31",
                reason_code="bad_date",
            ) from error

    def plus_months(self, months: int) -> Cutoff:
        """Shift forward by whole months (month ends stay month ends)."""
        return Cutoff(add_months(self.day, months))

    def minus_months(self, months: int) -> Cutoff:
        """Shift back by whole months (month ends stay month ends)."""
        return Cutoff(add_months(self.day, -months))

    def plus_days(self, days: int) -> Cutoff:
        """Shift forward by days."""
        return Cutoff(self.day + timedelta(days=days))

    def minus_days(self, days: int) -> Cutoff:
        """Shift back by days."""
        return Cutoff(self.day - timedelta(days=days))

    def days_until(self, other: Cutoff) -> int:
        """Days from this cutoff to another; negative when the other is earlier."""
        return (other.day - self.day).days

    def __str__(self) -> str:
        return self.day.isoformat()
