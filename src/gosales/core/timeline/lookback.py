"""How far back, and how far short of the cutoff, a feature looks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from gosales.core.errors import ConfigError
from gosales.core.timeline.cutoff import Cutoff
from gosales.core.timeline.months import add_months
from gosales.core.timeline.window import Window

_TOKEN = re.compile(r"^(?:(?P<n>\d+)(?P<unit>[md])|ever)(?:_lag(?P<lag>\d+)d)?$")


@dataclass(frozen=True, order=True)
class Lookback:
    """A window relative to any cutoff: ``(cutoff - lag - length, cutoff - lag]``.

    Parameters
    ----------
    months : int, optional
        Length in months. Exclusive with ``days``; both None means all history.
    days : int, optional
        Length in days.
    lag_days : int, default 0
        Days between the window's end and the cutoff.

    Examples
    --------
    >>> Lookback(months=12, lag_days=60).token
    '12m_lag60d'
    >>> str(Lookback.parse("12m").window(Cutoff.parse("2024-12-31")))
    '(2023-12-31, 2024-12-31]'
    """

    months: int | None = None
    days: int | None = None
    lag_days: int = 0

    def __post_init__(self) -> None:
        sizes = [n for n in (self.months, self.days) if n is not None]
        if len(sizes) > 1 or any(n <= 0 for n in sizes) or self.lag_days < 0:
            raise ConfigError(
                "a lookback is malformed",
                got=f"months={self.months}, days={self.days}, lag_days={self.lag_days}",
                allowed="one positive length in months or in days, or none; lag_days >= 0",
                remedy="mend the family's lookbacks",
                reason_code="bad_lookback",
            )

    @classmethod
    def parse(cls, token: str) -> Lookback:
        """Read a token such as ``12m``, ``60d_lag30d``, ``ever`` or ``ever_lag30d``."""
        found = _TOKEN.match(token)
        if found is None:
            raise ConfigError(
                "a lookback token is not understood",
                got=repr(token),
                allowed="<n>m, <n>d or ever, with an optional _lag<n>d",
                remedy="write for example 12m or 12m_lag60d",
                reason_code="bad_lookback",
            )
        n = None if found["n"] is None else int(found["n"])
        lag = int(found["lag"] or 0)
        return cls(
            months=n if found["unit"] == "m" else None,
            days=n if found["unit"] == "d" else None,
            lag_days=lag,
        )

    @property
    def token(self) -> str:
        """The name used inside feature names; `parse` reads it back."""
        base = f"{self.months}m" if self.months else f"{self.days}d" if self.days else "ever"
        return base if self.lag_days == 0 else f"{base}_lag{self.lag_days}d"

    @property
    def later_half(self) -> Lookback | None:
        """The later half of the months; None where they are odd in number, or not months.

        Examples
        --------
        >>> str(Lookback.parse("24m_lag30d").later_half)
        '12m_lag30d'
        """
        if self.months is None or self.months % 2:
            return None
        return Lookback(months=self.months // 2, lag_days=self.lag_days)

    def window(self, cutoff: Cutoff) -> Window:
        """The window this lookback means at one cutoff."""
        end = cutoff.day - timedelta(days=self.lag_days)
        if self.months is not None:
            return Window(add_months(end, -self.months), end)
        if self.days is not None:
            return Window(end - timedelta(days=self.days), end)
        return Window(None, end)

    def __str__(self) -> str:
        return self.token
