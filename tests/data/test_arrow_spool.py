from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from gosales.data.arrow_spool import ArrowSpool
from gosales.data.parquet_files import read_files

DAY = dt.date(2024, 2, 29)
NOON = dt.datetime(2024, 2, 29, 12)
ZONE = dt.timezone(dt.timedelta(hours=-5))


def spooled(tmp_path, values, chunk):
    spool = ArrowSpool(tmp_path, ["x", "y"])
    for i in range(0, len(values), chunk):
        spool.write([(value, None) for value in values[i : i + chunk]])
    files = spool.finish()
    found = duckdb.sql(
        f"SELECT typeof(x), CAST(x AS VARCHAR), typeof(y) FROM {read_files(files)} ORDER BY __row"
    ).fetchall()
    assert {row[2] for row in found} <= {"VARCHAR"}
    return {row[0] for row in found}, [row[1] for row in found]


@pytest.mark.parametrize("chunk", [1, 2, 10])
@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([None, None], "VARCHAR", [None, None]),
        ([None, 1, 2], "BIGINT", [None, "1", "2"]),
        ([True, None], "BOOLEAN", ["true", None]),
        ([1, 2.5, None], "DOUBLE", ["1.0", "2.5", None]),
        ([float("nan"), 0.5], "DOUBLE", [None, "0.5"]),
        ([1, Decimal("0.1")], "DECIMAL(38,18)", ["1." + "0" * 18, "0.1" + "0" * 17]),
        ([Decimal("NaN"), Decimal(1) / 3], "DECIMAL(38,18)", [None, "0." + "3" * 18]),
        ([DAY, None], "DATE", ["2024-02-29", None]),
        ([DAY, NOON], "TIMESTAMP", ["2024-02-29 00:00:00", "2024-02-29 12:00:00"]),
        (["a", None, "ü"], "VARCHAR", ["a", None, "ü"]),
        ([1, "a", 2.5], "VARCHAR", ["1", "a", "2.5"]),
        ([True, "a"], "VARCHAR", ["true", "a"]),
        ([DAY, "soon"], "VARCHAR", ["2024-02-29", "soon"]),
        ([1 << 63, 1], "VARCHAR", [str(1 << 63), "1"]),
        ([b"a\xff", memoryview(b"b")], "VARCHAR", ["a\\xff", "b"]),
        ([{"a": 1}, None], "VARCHAR", ["{'a': 1}", None]),
    ],
)
def test_a_column_gets_the_narrowest_type_that_holds_it(tmp_path, values, kind, texts, chunk):
    assert spooled(tmp_path, values, chunk) == ({kind}, texts)


def test_an_instant_is_kept_as_one(tmp_path):
    kinds, texts = spooled(tmp_path, [dt.datetime(2024, 2, 29, 23, 30, tzinfo=ZONE)], 1)
    assert kinds == {"TIMESTAMP WITH TIME ZONE"}
    same = duckdb.sql(f"SELECT TIMESTAMPTZ '{texts[0]}' = '2024-03-01 04:30:00+00'").fetchall()
    assert same == [(True,)]


def test_one_type_is_one_file_and_nothing_is_a_file_too(tmp_path):
    (tmp_path / "a").mkdir()
    spool = ArrowSpool(tmp_path / "a", ["x"])
    for i in range(5):
        spool.write([(i,)])
    assert len(spool.finish()) == 2  # the rows; and the last, which has all columns and no rows
    (tmp_path / "b").mkdir()
    empty = ArrowSpool(tmp_path / "b", ["x"])
    empty.write([])
    assert duckdb.sql(f"SELECT x FROM {read_files(empty.finish())}").fetchall() == []
