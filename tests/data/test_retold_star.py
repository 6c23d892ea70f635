from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.support.toy_star import FIRST, LAST, star_of_lines, toy_star

from gosales.data.retold_star import SAME_CALENDAR_DAYS, SAME_EASTER_DAYS, retold_star
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


@pytest.mark.parametrize("year", range(2001, 2048))
def test_152_years_keep_the_calendar_and_easter(year):
    easter = pd.offsets.Easter()
    shift = timedelta(days=SAME_EASTER_DAYS)
    for month, day in ((1, 1), (2, 28), (3, 1), (12, 31)):
        then = date(year, month, day) + shift
        assert (then.year, then.month, then.day) == (year + 152, month, day)
    now = (pd.Timestamp(year, 1, 1) + easter).date()
    assert (pd.Timestamp(year + 152, 1, 1) + easter).date() == now + shift


@pytest.mark.parametrize(("last", "moved"), [(2005.0, True), (2005.5, False), (12.0, False)])
def test_an_attribute_of_years_moves_along(tmp_path, last, moved):
    ids = [f"c{i}" for i in range(5)]
    lines = pd.DataFrame({"customer_id": ids, "order_date": pd.Timestamp(FIRST), "division": "a"})
    founded = dict(zip(ids, [1950.0, 1980.0, None, 1999.0, last], strict=True))
    star = star_of_lines(tmp_path / "star", lines, size=founded)
    then = retold_star(star, tmp_path / "moved", days=-SAME_CALENDAR_DAYS)
    old, new = (pd.read_parquet(s.table(CUSTOMERS))["size"] for s in (star, then))
    pd.testing.assert_series_equal(new, old - (28 if moved else 0))


def test_money_keeps_its_last_places_and_what_would_not_fit_stays(tmp_path):
    ids = [f"c{i}" for i in range(3)]
    lines = pd.DataFrame({"customer_id": ids, "order_date": pd.Timestamp(FIRST), "division": "a"})
    star = star_of_lines(tmp_path / "star", lines)
    table = pq.read_table(star.table(TRANSACTIONS))
    large = pa.array([Decimal("90000000000.99"), Decimal("99000000000000.5"), Decimal("0.29")])
    place = table.schema.get_field_index("revenue")
    kept = large.cast(table.schema.field(place).type)
    pq.write_table(table.set_column(place, "revenue", kept), star.table(TRANSACTIONS))
    told = retold_star(star, tmp_path / "money", factor=101.0)
    new = pd.read_parquet(told.table(TRANSACTIONS))["revenue"].map(str).tolist()
    assert new == ["9090000000099.9900", "99000000000000.5000", "29.2900"]


def test_money_is_multiplied_and_nothing_else(star, tmp_path):
    told = retold_star(star, tmp_path / "money", factor=2)
    old, new = (pd.read_parquet(s.table(TRANSACTIONS)) for s in (star, told))
    for column in ("revenue", "gross_profit"):
        assert (new[column] == old[column] * 2).all()
    rest = [c for c in old if c not in ("revenue", "gross_profit")]
    pd.testing.assert_frame_equal(new[rest], old[rest])
    assert told.digest != star.digest
