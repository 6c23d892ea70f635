"""The span after the cutoff in which the outcome is observed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gosales.core.errors import ConfigError
from gosales.core.timeline.cutoff import Cutoff
from gosales.core.timeline.months import add_months
from gosales.core.timeline.window import Window


@dataclass(frozen=True)
class Horizon:
    """The label window ``(cutoff + buffer, cutoff + buffer + months]``.

    Parameters
    ----------
    months : int, default 6
        Length of the label window in months.
    buffer_days : int, default 0
        Days left out after the cutoff; the whole window moves.

    Examples
    --------
    >>> h = Horizon(months=6)
    >>> str(h.window(Cutoff.parse("2024-06-30")))
    '(2024-06-30, 2024-12-31]'
    >>> h.is_complete(Cutoff.parse("2024-06-30"), last_day=date(2024, 12, 30))
    False
    """

    months: int = 6
    buffer_days: int = 0

    def __post_init__(self) -> None:
        if self.months < 1 or self.buffer_days < 0:
            raise ConfigError(
                "the label horizon is malformed",
                got=f"months={self.months}, buffer_days={self.buffer_days}",
                allowed="months >= 1 and buffer_days >= 0",
                remedy="set label.horizon_months and label.buffer_days",
                reason_code="bad_horizon",
            )

    def window(self, cutoff: Cutoff) -> Window:
        """The label window of one cutoff."""
        start = cutoff.day + timedelta(days=self.buffer_days)
        return Window(start, add_months(start, self.months))

    def is_complete(self, cutoff: Cutoff, last_day: date) -> bool:
        """Whether the log reaches the end of the label window (otherwise: censored)."""
        return self.window(cutoff).closes_by(last_day)

    def usable_for(self, train: Cutoff, test: Cutoff, purge_days: int) -> bool:
        """Whether labels of ``train`` close at least ``purge_days`` before ``test``.

        Notes
        -----
        ``train + buffer + horizon + purge_days <= test``, in days and never in rows.
        """
        return self.window(train).closes_by(test.day - timedelta(days=purge_days))
