"""Parquet files that belong together, as SQL reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from gosales.core.errors import DataError
from gosales.data.sql_text import literal

# Where a row comes from. A source that writes files of its own says so in the user's words.
PLACE: Final = "__place"
ROW: Final = "__row"
# The same, as SQL adds it while it reads.
FILE: Final = "__file"
NUMBER: Final = "file_row_number"


def read_files(files: Sequence[Path], *, placed: bool = False) -> str:
    """SQL that reads files as one table, their columns united by name.

    Parameters
    ----------
    files : sequence of pathlib.Path
        Parquet files.
    placed : bool, default False
        Whether `FILE` and `NUMBER` (from 0) are columns too.
    """
    names = ", ".join(literal(str(f)) for f in files)
    place = f", filename='{FILE}', file_row_number=true" if placed else ""
    return f"read_parquet([{names}], union_by_name=true{place})"


def described(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> dict[str, str]:
    """Name and SQL type of every column.

    Raises
    ------
    DataError
        If a file is missing, is not readable Parquet, or its columns cannot be told apart.
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
        headers = {file: _header(connection, file) for file in files}
    except duckdb.Error as error:
        raise DataError(
            "a source file cannot be read",
            got=f"{', '.join(map(str, files))}: {str(error).splitlines()[0]}",
            allowed="whole Parquet files",
            remedy="write the file again, or check data.transactions",
            reason_code="unreadable_file",
        ) from error
    for file, names in headers.items():
        check_header(names, str(file))
    types = {str(r[0]): str(r[1]) for r in rows}
    if types.get(PLACE, "VARCHAR") != "VARCHAR" or types.get(ROW, "BIGINT") != "BIGINT":
        raise _reserved([n for n in (PLACE, ROW) if n in types], str(files[0]))
    return types


def _header(connection: duckdb.DuckDBPyConnection, file: Path) -> list[str]:
    """The columns as the file names them: `read_parquet` makes ``x`` and ``X`` differ."""
    nodes: list[Any] = connection.execute(
        "SELECT name, COALESCE(num_children, 0) FROM parquet_schema($1)", [str(file)]
    ).fetchall()
    names, below = [], 0
    for name, children in nodes[1:]:
        if below == 0:
            names.append(str(name))
        below = max(below - 1, 0) + int(children)
    return names


def check_header(names: Sequence[str], where: str) -> None:
    """Refuse a header that names a column twice or has a name of ours.

    Raises
    ------
    DataError
        Naming the columns. Capitals make no difference to SQL, hence none here.
    """
    ours = [name for name in names if name.casefold() in (FILE, NUMBER)]
    if ours:
        raise _reserved(ours, where)
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


def _reserved(names: Sequence[str], where: str) -> DataError:
    return DataError(
        "a file has columns whose names are reserved",
        got=f"{where}: {', '.join(names)}",
        allowed=f"any other name; {PLACE} (text) and {ROW} (whole) say where a row is from",
        remedy="rename the columns",
        reason_code="reserved_column",
    )
