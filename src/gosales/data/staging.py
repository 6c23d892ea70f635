"""Raw Parquet files as typed DuckDB views; a value that does not fit its type becomes null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from gosales.core.errors import DataError
from gosales.data.blank_text import BLANKS, is_given, trimmed
from gosales.data.table_schema import SQL_TYPE, Column

_EXACT = ("DECIMAL", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "UBIGINT", "UINTEGER")
# Types of which every value fits the kind.
_CERTAIN = {
    "text": ("VARCHAR",),
    "date": ("DATE",),
    "money": ("TINYINT", "SMALLINT", "INTEGER", "UINTEGER"),
    "units": ("TINYINT", "SMALLINT", "INTEGER", "UINTEGER"),
    "flag": ("BOOLEAN",),
}


def identifier(name: str) -> str:
    """A column or view name, quoted: names are data and never SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text value, quoted."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class StagedTable:
    """A view over raw files.

    Parameters
    ----------
    name : str
        Name of the star's table it becomes; also of the view.
    columns : tuple of Column
        Canonical columns that exist in the files.
    absent : tuple of str
        Canonical columns that do not.
    lost : tuple of str
        Columns that the mapping names and the files do not have, as ``canonical=own``.
    unknown : tuple of str
        Columns of the files that nothing declares.
    certain : frozenset of str
        Canonical columns whose own type holds nothing that does not fit.

    Notes
    -----
    For each column ``x`` the view has ``x`` (typed, null when it does not fit), ``x__text`` (the
    file's value) and ``x__raw`` (whether there was one); ``_file`` and ``_row``, the row's place,
    counted from 1; and ``_source`` and ``_at``, the Parquet file and the row in it, from 0.
    """

    name: str
    columns: tuple[Column, ...]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    lost: tuple[str, ...] = ()
    certain: frozenset[str] = frozenset()


def stage(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    files: Sequence[Path],
    columns: Sequence[Column],
    mapping: Mapping[str, str],
) -> StagedTable:
    """Create the typed view of one table.

    Parameters
    ----------
    connection : duckdb connection
        Where the view lives.
    name : str
        Name of the view.
    files : sequence of pathlib.Path
        Parquet files; columns are united by name.
    columns : sequence of Column
        Canonical columns.
    mapping : mapping of str to str
        Canonical name to the files' own.

    Raises
    ------
    DataError
        If a file is missing or is not readable Parquet.
    """
    read = f"read_parquet([{', '.join(literal(str(f)) for f in files)}], union_by_name=true)"
    types = _types(connection, read, files)
    present, absent, parts = [], [], []
    used = set()
    for column in columns:
        own = mapping.get(column.name, column.name)
        if own not in types:
            absent.append(column.name)
            continue
        present.append(column)
        used.add(own)
        parts += _expressions(column, own, types[own])
    place = ("_file", "file_row_number + 1 AS _row", "_file AS _source", "file_row_number AS _at")
    body = ", ".join([*place, *parts])
    view = identifier(f"staged_{name}")
    placed = read.removesuffix(")") + ", filename='_file', file_row_number=true)"
    connection.execute(f"CREATE OR REPLACE VIEW {view} AS SELECT {body} FROM {placed}")
    unknown = tuple(sorted(set(types) - used))
    lost = tuple(f"{c}={mapping[c]}" for c in absent if c in mapping)
    certain = frozenset(
        c.name for c in present if types[mapping.get(c.name, c.name)] in _CERTAIN.get(c.kind, ())
    )
    return StagedTable(name, tuple(present), tuple(absent), unknown, lost, certain)


def _types(
    connection: duckdb.DuckDBPyConnection, read: str, files: Sequence[Path]
) -> dict[str, str]:
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
        rows: list[Any] = connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()
    except duckdb.Error as error:
        raise DataError(
            "a source file cannot be read",
            got=f"{', '.join(map(str, files))}: {str(error).splitlines()[0]}",
            allowed="whole Parquet files",
            remedy="write the file again, or check data.transactions",
            reason_code="unreadable_file",
        ) from error
    return {str(r[0]): str(r[1]) for r in rows}


def _expressions(column: Column, own: str, kind: str) -> list[str]:
    raw = identifier(own)
    is_text = kind == "VARCHAR"
    text = (
        trimmed(raw) if is_text else f"NULLIF(TRIM(CAST({raw} AS VARCHAR), {literal(BLANKS)}), '')"
    )
    # Only text can be blank; spelling every number out to see whether it is there is slow.
    given = is_given(raw) if is_text else f"{raw} IS NOT NULL"
    if kind in ("DOUBLE", "FLOAT"):
        # Not a number is how pandas writes "missing".
        given = f"{raw} IS NOT NULL AND NOT isnan({raw})"
        text = f"CASE WHEN {given} THEN {text} END"
    return [
        f"{_typed(column, raw, text, kind)} AS {identifier(column.name)}",
        f"({given}) AS {identifier(column.name + '__raw')}",
        f"{text} AS {identifier(column.name + '__text')}",
    ]


def _typed(column: Column, raw: str, text: str, kind: str) -> str:
    wanted = SQL_TYPE[column.kind]
    is_float = kind in ("DOUBLE", "FLOAT")
    if column.kind == "text" and is_float:
        # An integer id that pandas made a float must not become "12346.0".
        is_whole = f"{raw} = FLOOR({raw}) AND ABS({raw}) < 1e15"
        return f"CASE WHEN {is_whole} THEN CAST(CAST({raw} AS BIGINT) AS VARCHAR) ELSE {text} END"
    if column.kind == "text":
        return text
    if column.kind in ("money", "units") and kind.startswith(_EXACT):
        return f"TRY_CAST({raw} AS {wanted})"
    if column.kind == "number":
        value = f"TRY_CAST({raw if is_float else text} AS DOUBLE)"
        return f"CASE WHEN isfinite({value}) THEN {value} END"
    if column.kind == "date" and kind.startswith(("DATE", "TIMESTAMP")):
        return f"TRY_CAST({raw} AS DATE)"
    if is_float and column.kind in ("money", "units"):
        return f"TRY_CAST({raw} AS {wanted})"
    return f"TRY_CAST({text} AS {wanted})"
