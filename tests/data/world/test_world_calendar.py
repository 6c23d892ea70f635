"""Months and working days as integers."""

from __future__ import annotations

import pytest

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff
from gosales.data.world.world_calendar import WorldCalendar

CALENDAR = WorldCalendar(Cutoff.parse("2024-01-01"), Cutoff.parse("2024-03-31"), 2)


def test_months_count_from_the_burn_in() -> None:
    assert CALENDAR.n_months == 5
    assert CALENDAR.month_of_year.tolist() == [11, 12, 1, 2, 3]
    assert CALENDAR.years.round(3).tolist() == [-0.167, -0.083, 0.0, 0.083, 0.167]
    assert CALENDAR.month_of(Cutoff.parse("2024-02-29")) == 3


def test_working_days_are_monday_to_friday() -> None:
    table, counts = CALENDAR.working_days
    assert counts.tolist() == [22, 21, 23, 21, 21]
    days = table[3, : counts[3]].astype("datetime64[D]").astype(str)
    assert days[0] == "2024-02-01"
    assert days[-1] == "2024-02-29"
    assert "2024-02-03" not in days


def test_months_close_at_month_ends_alone() -> None:
    assert CALENDAR.months_closed_by(Cutoff.parse("2024-02-29")) == 4
    for day in ("2024-02-28", "2023-10-31", "2024-04-30"):
        with pytest.raises(ConfigError, match=f"month ends only.*{day}"):
            CALENDAR.months_closed_by(Cutoff.parse(day))
