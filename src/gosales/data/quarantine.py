"""Rows that break their contract, set aside where nothing downstream sees them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from gosales.data.contract_check import Breach
from gosales.data.line_exclusions import exclude_lines
from gosales.data.parquet_files import FILE, NUMBER, PLACE, ROW, described, read_files
from gosales.data.staging import StagedTable, identifier, literal
from gosales.data.star import TRANSACTIONS


def set_aside(
    connection: duckdb.DuckDBPyConnection,
    table: StagedTable,
    breaches: Sequence[Breach],
) -> int:
    """Take the breaching rows out of a staged view.

    Parameters
    ----------
    connection : duckdb connection
        Holds the staged view; ``staged_<table>`` is without the rows afterwards, and
        ``whole_<table>`` with them. Lines are entered in the table ``excluded``.
    table : StagedTable
        Which.
    breaches : sequence of Breach
        Of rows of this table.

    Returns
    -------
    int
        Rows set aside. A row that breaks several rules is one row, under the first of them.
    """
    view, whole = identifier(f"staged_{table.name}"), identifier(f"whole_{table.name}")
    aside = identifier(f"aside_{table.name}")
    any_of = " OR ".join(f"({b.rule.breach})" for b in breaches)
    first = " ".join(f"WHEN {b.rule.breach} THEN {literal(b.rule.title)}" for b in breaches)
    every = ", ".join(
        f"CASE WHEN {b.rule.breach} THEN {literal(b.rule.title)} END" for b in breaches
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {aside} AS SELECT _source, _at, _file, _row, "
        f"CASE {first} END AS reason, concat_ws('; ', {every}) AS rules "
        f"FROM {view} WHERE {any_of}"
    )
    # The key's own condition reads the view, so rows are named before the view is narrowed.
    connection.execute(f"ALTER VIEW {view} RENAME TO {whole}")
    connection.execute(
        f"CREATE VIEW {view} AS SELECT w.* FROM {whole} w ANTI JOIN {aside} a "
        "ON a._source = w._source AND a._at = w._at"
    )
    if table.name == TRANSACTIONS:
        source = f"{whole} l JOIN {aside} a ON a._source = l._source AND a._at = l._at"
        exclude_lines(connection, table, source, "'quarantined: ' || a.reason")
    found = connection.execute(f"SELECT COUNT(*) FROM {aside}").fetchall()[0]
    return int(found[0])


def write_aside(
    connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path], target: Path
) -> None:
    """Write the rows set aside as CSV: ``_file``, ``_row``, ``_rule`` and all their own columns.

    Parameters
    ----------
    connection : duckdb connection
        Where `set_aside` was called.
    table : str
        Name of the star's table.
    files : sequence of pathlib.Path
        The raw files.
    target : pathlib.Path
        The CSV file.
    """
    own = [name for name in described(connection, files) if name not in (PLACE, ROW)]
    columns = ", ".join(f"r.{identifier(name)}" for name in own)
    aside = identifier(f"aside_{table}")
    connection.execute(
        f"COPY (SELECT a._file, a._row, a.rules AS _rule, {columns} "
        f"FROM {read_files(files, placed=True)} r JOIN {aside} a "
        f"ON a._source = r.{FILE} AND a._at = r.{NUMBER} "
        f"ORDER BY a._file, a._row) TO {literal(str(target))} (FORMAT csv, HEADER)"
    )
