"""Digest of a table's content that no order of rows or files can change."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb

from gosales.core.digests import digest_json
from gosales.data.staging import identifier, literal


def table_digest(
    connection: duckdb.DuckDBPyConnection, path: Path, *, without: Collection[str] = ()
) -> tuple[str, int]:
    """Digest and row count of one Parquet file.

    Parameters
    ----------
    connection : duckdb connection
        Where it is computed, out of core.
    path : pathlib.Path
        The file.
    without : collection of str, default ()
        Columns that are not content.

    Returns
    -------
    str
        Hex digest: equal exactly when the tables hold the same rows, each as often.
    int
        Number of rows.

    Notes
    -----
    Each row becomes a canonical text, hashed with MD5; the 64-bit halves are summed exactly (as
    128-bit integers) over rows, so that order carries nothing and a row that stands twice counts
    twice. Names, types and sums are then hashed with SHA-256. This finds accidents, not forgery.
    """
    source = f"read_parquet({literal(str(path))})"
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    columns = sorted((str(r[0]), str(r[1])) for r in described if r[0] not in without)
    text = ", ".join(f"COALESCE(CAST({identifier(c)} AS VARCHAR), chr(1))" for c, _ in columns)
    row = f"concat_ws(chr(31), {text})"
    found = connection.execute(
        f"SELECT COUNT(*), SUM(md5_number_lower({row})), SUM(md5_number_upper({row})) FROM {source}"
    ).fetchone()
    n, lower, upper = found if found else (0, 0, 0)
    return digest_json([columns, int(n), str(lower), str(upper)]), int(n)
