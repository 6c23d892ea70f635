"""No order of rows, columns or files of any source changes the star."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gosales.core.progress import SilentProgress
from gosales.data.ingest import ingest
from gosales.data.sku_map import SkuMap
from gosales.data.source import Source
from gosales.data.sources.csv_source import CsvSource
from gosales.data.sources.parquet_source import ParquetSource
from gosales.data.sources.sql_source import SqlSource

LONG = pd.DataFrame(
    [
        ("c1", "05.06.2024", "A", "d", "1.234,50", "1"),
        ("c1", "05.06.2024", "A", "d", "1.234,50", "1"),
        ("c2", "31.12.2023", "B", "D ", "(2,25)", ""),
        ("c3", "01.01.2024", "A", "Öl", "", "3"),
        ("c2", "01.01.2024", "B", "d", "0,00", "-2"),
    ],
    columns=["customer_id", "order_date", "sku", "division", "gross_profit", "quantity"],
)
# The same lines, one row per customer, date and division; and one row that holds nothing.
WIDE = pd.DataFrame(
    [
        ("c1", "05.06.2024", "d", "1.234,50", "1", "", "0"),
        ("c1", "05.06.2024", "d", "1.234,50", "1", "", ""),
        ("c2", "31.12.2023", "D ", "0,00", "0", "(2,25)", ""),
        ("c3", "01.01.2024", "Öl", "", "3", "", ""),
        ("c2", "01.01.2024", "d", "", "", "0,00", "-2"),
        ("c9", "02.02.2024", "d", "0", "", "", "0,00"),
    ],
    columns=["customer_id", "order_date", "division", "A", "A_Qty", "B", "B_Qty"],
)
FORMAT = {"dates": "day_first", "decimal": ",", "thousands": "."}


def as_csv(parts: list[pd.DataFrame], folder: Path, layout: str) -> Source:
    for i, part in enumerate(parts):
        part.to_csv(folder / f"{i}.csv", index=False)
    return CsvSource(str(folder), layout=layout, **FORMAT)


def as_parquet(parts: list[pd.DataFrame], folder: Path, layout: str) -> Source:
    for i, part in enumerate(parts):
        part.to_parquet(folder / f"{i}.parquet", index=False)
    return ParquetSource(str(folder), layout=layout, **FORMAT)


def as_sql(parts: list[pd.DataFrame], folder: Path, layout: str) -> Source:
    with closing(sqlite3.connect(folder / "log.db")) as connection:
        for i, part in enumerate(parts):
            part.to_sql(f"part{i}", connection, index=False)
    tables = [f"part{i}" for i in range(len(parts))]
    url = f"sqlite:///{folder / 'log.db'}"
    return SqlSource(tables, url=url, chunk_rows=2, layout=layout, **FORMAT)


def digest(source: Source, folder: Path) -> str:
    return ingest(source, SkuMap(), folder / ".stars", SilentProgress()).star.digest


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("whole")
    return digest(as_parquet([LONG], folder, "long"), folder)


@pytest.mark.parametrize("make", [as_csv, as_parquet, as_sql])
@pytest.mark.parametrize(("frame", "layout"), [(LONG, "long"), (WIDE, "wide")])
def test_any_order_gives_the_same_star(
    expected: str,
    make: Callable[[list[pd.DataFrame], Path, str], Source],
    frame: pd.DataFrame,
    layout: str,
) -> None:
    @settings(max_examples=5, deadline=None)
    @given(
        rows=st.permutations(range(len(frame))),
        columns=st.permutations(list(frame.columns)),
        cut=st.integers(0, len(frame)),
    )
    def check(rows: list[int], columns: list[str], cut: int) -> None:
        mixed = frame.iloc[rows]
        parts = [mixed.iloc[:cut], mixed.iloc[cut:][columns]]
        with TemporaryDirectory() as folder:
            assert digest(make(parts, Path(folder), layout), Path(folder)) == expected

    check()
