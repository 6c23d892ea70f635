from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from tests.support.toy_star import FIRST, LAST, toy_star

from gosales.data.retold_star import SAME_CALENDAR_DAYS, retold_star
from gosales.data.star import CUSTOMERS, TRANSACTIONS


@pytest.fixture(scope="module")
def star(tmp_path_factory):
    return toy_star(tmp_path_factory.mktemp("toy") / "star", n=20)


@pytest.mark.parametrize("days", [-SAME_CALENDAR_DAYS, 5])
def test_every_date_is_moved_and_nothing_else(star, tmp_path, days):
    moved = retold_star(star, tmp_path / "moved", days=days)
    for name in (TRANSACTIONS, CUSTOMERS):
        old, new = (pd.read_parquet(s.table(name)) for s in (star, moved))
        assert list(new.columns) == list(old.columns)
        for column in old:
            want = old[column]
            if column.endswith("_date"):
                want = want.map(lambda d: d + timedelta(days=days))
            pd.testing.assert_series_equal(new[column], want)
    assert moved.manifest.first_date == FIRST + timedelta(days=days)
    assert moved.last_date == LAST + timedelta(days=days)
    assert moved.digest != star.digest


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2023, 12, 31), date(2025, 3, 1)])
def test_28_years_keep_the_calendar(day):
    then = day - timedelta(days=SAME_CALENDAR_DAYS)
    assert (then.year, then.month, then.day) == (day.year - 28, day.month, day.day)
    assert then.weekday() == day.weekday()


def test_money_is_multiplied_and_nothing_else(star, tmp_path):
    told = retold_star(star, tmp_path / "money", factor=2)
    old, new = (pd.read_parquet(s.table(TRANSACTIONS)) for s in (star, told))
    for column in ("revenue", "gross_profit"):
        assert (new[column] == old[column] * 2).all()
    rest = [c for c in old if c not in ("revenue", "gross_profit")]
    pd.testing.assert_frame_equal(new[rest], old[rest])
    assert told.digest != star.digest
