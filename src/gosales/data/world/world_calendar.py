"""The months and working days of a world, as plain integers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff

_EPOCH = Cutoff.parse("1970-01-01")


@dataclass(frozen=True)
class WorldCalendar:
    """Months are counted from 0 at the start of the burn-in; days from 1970-01-01.

    Parameters
    ----------
    start, end : Cutoff
        First and last day of the log.
    burn_in_months : int
        Months before ``start``.
    """

    start: Cutoff
    end: Cutoff
    burn_in_months: int

    @cached_property
    def first_days(self) -> np.ndarray:
        """First day of each month and of the month after the last, shape (n_months + 1,)."""
        first = pd.Period(self.start.day, "M") - self.burn_in_months
        months = pd.period_range(first, pd.Period(self.end.day, "M") + 1, freq="M")
        days = months.to_timestamp().to_numpy().astype("datetime64[D]")
        return days.astype(np.int64)

    @property
    def n_months(self) -> int:
        """Months simulated, burn-in included."""
        return len(self.first_days) - 1

    @cached_property
    def month_of_year(self) -> np.ndarray:
        """1 to 12 for each month, shape (n_months,)."""
        months = self.first_days[:-1].astype("datetime64[D]").astype("datetime64[M]")
        return months.astype(np.int64) % 12 + 1

    @property
    def years(self) -> np.ndarray:
        """Years since the log began, negative in the burn-in, shape (n_months,)."""
        return (np.arange(self.n_months) - self.burn_in_months) / 12.0

    @cached_property
    def working_days(self) -> tuple[np.ndarray, np.ndarray]:
        """Monday-to-Friday days per month, shape (n_months, 23) padded, and their number."""
        days = np.arange(self.first_days[0], self.first_days[-1])
        days = days[np.is_busday(days.astype("datetime64[D]"))]
        month = np.searchsorted(self.first_days, days, side="right") - 1
        counts = np.bincount(month, minlength=self.n_months)
        table = np.full((self.n_months, int(counts.max())), -1, dtype=np.int64)
        table[month, np.concatenate([np.arange(n) for n in counts])] = days
        return table, counts

    def some_working_days(self, month: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A working day in each of the given months, as days since 1970-01-01."""
        table, counts = self.working_days
        place = (rng.random(len(month)) * counts[month]).astype(np.int64)
        days: np.ndarray = table[month, place]
        return days

    @staticmethod
    def dates(days: np.ndarray) -> np.ndarray:
        """Days since 1970-01-01 as dates, in seconds as pandas writes them."""
        dates: np.ndarray = np.asarray(days).astype("datetime64[D]").astype("datetime64[s]")
        return dates

    def day_number(self, day: Cutoff) -> int:
        """Days since 1970-01-01."""
        return _EPOCH.days_until(day)

    def month_of(self, day: Cutoff) -> int:
        """Index of the month a day lies in; may be outside ``[0, n_months)``."""
        return (pd.Period(day.day, "M") - pd.Period(self.start.day, "M")).n + self.burn_in_months

    def months_closed_by(self, cutoff: Cutoff) -> int:
        """Number of months that have ended at a month-end cutoff of this world.

        Raises
        ------
        ConfigError
            If the cutoff is not the last day of a simulated month.
        """
        closed = self.day_number(cutoff.plus_days(1))
        found = np.flatnonzero(self.first_days == closed)
        if not len(found) or found[0] == 0:
            raise ConfigError(
                "the truth is known at month ends only",
                got=str(cutoff),
                allowed=f"a month end up to {self.end}",
                remedy="ask at the last day of a month",
                reason_code="no_truth",
            )
        return int(found[0])
