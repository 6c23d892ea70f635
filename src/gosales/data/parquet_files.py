"""Parquet files that belong together, as SQL reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from gosales.core.errors import DataError
from gosales.data.sql_text import literal


def read_files(files: Sequence[Path], *, placed: bool = False) -> str:
    """SQL that reads files as one table, their columns united by name.

    Parameters
    ----------
    files : sequence of pathlib.Path
        Parquet files.
    placed : bool, default False
        Whether ``_file`` and ``file_row_number`` (from 0) are columns too.
    """
    names = ", ".join(literal(str(f)) for f in files)
    place = ", filename='_file', file_row_number=true" if placed else ""
    return f"read_parquet([{names}], union_by_name=true{place})"


def described(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> dict[str, str]:
    """Name and SQL type of every column.

    Raises
    ------
    DataError
        If a file is missing, is not readable Parquet, or names a column twice.
    """
    lost = [str(f) for f in files if not Path(f).is_file()]
    if lost or not files:
        raise DataError(
            "a source file is missing",
            got=", ".join(lost) or "no file",
            allowed="Parquet or CSV files that exist",
            remedy="set data.transactions, data.customers or data.assets",
            reason_code="missing_file",
        )
    try:
        rows: list[Any] = connection.execute(
            f"DESCRIBE SELECT * FROM {read_files(files)}"
        ).fetchall()
    except duckdb.Error as error:
        raise DataError(
            "a source file cannot be read",
            got=f"{', '.join(map(str, files))}: {str(error).splitlines()[0]}",
            allowed="whole Parquet files",
            remedy="write the file again, or check data.transactions",
            reason_code="unreadable_file",
        ) from error
    for file in files:
        refuse_twice(pq.read_schema(file).names, str(file))
    return {str(r[0]): str(r[1]) for r in rows}


def refuse_twice(names: Sequence[str], where: str) -> None:
    """Refuse a header that names a column twice; capitals make no difference to SQL.

    Raises
    ------
    DataError
        Naming them.
    """
    counted = Counter(name.casefold() for name in names)
    twice = [name for name in names if counted[name.casefold()] > 1]
    if twice:
        raise DataError(
            "a file names a column twice",
            got=f"{where}: {', '.join(twice[:6])}",
            allowed="distinct column names; capitals make no difference",
            remedy="rename or remove one of them",
            reason_code="duplicate_column",
        )
