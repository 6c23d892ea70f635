"""Windows partition days, month ends stay month ends, purge is counted in days."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff, Horizon, Lookback, Window, add_months

days = st.dates(date(2000, 1, 1), date(2040, 12, 31))


@given(days, st.integers(1, 36), st.integers(1, 36))
def test_adjacent_windows_partition_days(day: date, first: int, second: int) -> None:
    near = Lookback(days=first).window(Cutoff(day))
    far = Lookback(days=second, lag_days=first).window(Cutoff(day))
    for back in range(first + second + 3):
        probe = day - timedelta(days=back)
        inside = (near.contains(probe), far.contains(probe))
        assert inside == (back < first, first <= back < first + second)


@given(days, st.integers(-60, 60))
def test_month_end_maps_to_month_end(day: date, months: int) -> None:
    is_end = (day + timedelta(days=1)).month != day.month
    moved = add_months(day, months)
    moved_is_end = (moved + timedelta(days=1)).month != moved.month
    assert moved_is_end if is_end else moved.day <= day.day


def test_horizon_of_a_month_end_leaves_no_gap() -> None:
    assert Horizon(6).window(Cutoff.parse("2019-11-30")).end == date(2020, 5, 31)


@pytest.mark.parametrize(
    ("train", "purge", "usable"),
    [("2024-03-31", 45, True), ("2024-06-30", 0, True), ("2024-06-30", 1, False)],
)
def test_purge_counts_days(train: str, purge: int, usable: bool) -> None:
    test = Cutoff.parse("2024-12-31")
    assert Horizon(6).usable_for(Cutoff.parse(train), test, purge) is usable


def test_buffer_moves_the_whole_window() -> None:
    window = Horizon(3, buffer_days=10).window(Cutoff.parse("2024-01-15"))
    assert (window.start, window.end) == (date(2024, 1, 25), date(2024, 4, 25))


def test_window_predicate_on_a_series() -> None:
    column = pd.Series([date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3)])
    assert Window(date(2024, 1, 1), date(2024, 1, 2)).predicate(column).tolist() == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("token", ["3m", "12m_lag60d", "60d_lag30d", "ever", "ever_lag30d"])
def test_lookback_token_round_trip(token: str) -> None:
    assert Lookback.parse(token).token == token


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: Cutoff.parse("31.12.2024"), "not a date.*YYYY-MM-DD"),
        (lambda: Lookback.parse("12 months"), "not understood"),
        (lambda: Lookback(months=1, days=3), "malformed"),
        (lambda: Horizon(0), "horizon is malformed"),
        (lambda: Window(date(2024, 2, 1), date(2024, 1, 1)), "starts after it ends"),
    ],
)
def test_bad_input_is_refused(make: object, match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        make()  # type: ignore[operator]


def test_overlap_is_of_days_not_of_edges() -> None:
    a = Window(date(2024, 1, 1), date(2024, 2, 1))
    assert not a.overlaps(Window(date(2024, 2, 1), date(2024, 3, 1)))
    assert a.overlaps(Window(date(2024, 1, 31), date(2024, 3, 1)))
    assert a.overlaps(Window(None, date(2024, 1, 2)))
