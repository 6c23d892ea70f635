"""Digest of a table's content that no order of rows or files can change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pandas as pd

from gosales.core.digests import digest_json
from gosales.data.staging import identifier, literal

# Hashes held in memory at a time (400 MB); a longer table is read once per part.
_PART_ROWS: Final = 50_000_000
# One value of each kind a table may hold, short text and long, alone and together.
_PROBE: Final = (
    "hash('a'), hash('a text of more than twelve bytes'), hash(DATE '2024-02-29'), "
    "hash(12.34::DECIMAL(18,4)), hash(12.345::DECIMAL(18,3)), hash(1.5::DOUBLE), hash(true), "
    "hash(NULL::VARCHAR), hash('a', NULL, DATE '2024-02-29', 12.34::DECIMAL(18,4)), hash(hash('a'))"
)


@dataclass(frozen=True)
class TableDigest:
    """What identifies a table's content.

    Parameters
    ----------
    digest : str
        Hex; equal exactly when two tables hold the same rows, each as often.
    rows : int
        How many.
    copies : int
        Rows that are equal to another in every column, less one of each set.
    """

    digest: str
    rows: int
    copies: int


def table_digest(
    connection: duckdb.DuckDBPyConnection, path: Path, part_rows: int = _PART_ROWS
) -> TableDigest:
    """Digest, rows and exact copies of one Parquet file.

    Parameters
    ----------
    connection : duckdb connection
        Where it is computed, out of core.
    path : pathlib.Path
        The file.
    part_rows : int, default 50 million
        Row hashes (eight bytes each) held in memory at a time.

    Notes
    -----
    Each row has a 64-bit hash over its columns in the order of their names; the hashes are summed
    exactly over rows, so that order carries nothing and a row that stands twice counts twice.
    Names, types, number and sum are then hashed with SHA-256. This finds accidents, not forgery:
    two tables that differ share a digest with a chance of 2^-64. Rows that share a hash are
    compared by value before they are called copies.

    DuckDB does not promise the same hash for ever, so the hashes of known values are part of the
    digest: under another hash the digest of every table is another one, and never an equal one by
    mistake. MD5 of each row as text would be the same for ever; at ten million lines it took
    twice as long as reading and writing them.
    """
    source = f"read_parquet({literal(str(path))})"
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    columns = sorted((str(r[0]), str(r[1])) for r in described)
    names = ", ".join(identifier(name) for name, _ in columns)
    # Hashed twice: the parts of DuckDB's combined hash are joined by exclusive or, and a sum over
    # rows could miss two values that changed places.
    row = f"hash(hash({names}))"
    ((rows,),) = connection.execute(f"SELECT COUNT(*) FROM {source}").fetchall()
    parts = max(1, -(-int(rows) // part_rows))
    total, copies = 0, 0
    for part in range(parts):
        of_part = f"{row} % {parts} = {part}" if parts > 1 else "true"
        hashes = _hashes(connection, f"SELECT {row} AS h FROM {source} WHERE {of_part}")
        total += _exact_sum(hashes)
        shared = _shared(hashes)
        if len(shared):
            copies += _copies(connection, source, names, row, shared)
    probe = [str(p) for p in connection.execute(f"SELECT {_PROBE}").fetchall()[0]]
    digest = digest_json([columns, int(rows), str(total), probe])
    return TableDigest(digest, int(rows), copies)


def _hashes(connection: duckdb.DuckDBPyConnection, query: str) -> np.ndarray[Any, np.dtype[Any]]:
    return np.asarray(connection.execute(query).fetchnumpy()["h"], dtype=np.uint64)


def _exact_sum(hashes: np.ndarray[Any, np.dtype[Any]]) -> int:
    """Sum of unsigned 64-bit numbers; their halves are summed, for the whole would overflow."""
    low = int((hashes & np.uint64(0xFFFFFFFF)).sum())
    return (int((hashes >> np.uint64(32)).sum()) << 32) + low


def _shared(hashes: np.ndarray[Any, np.dtype[Any]]) -> np.ndarray[Any, np.dtype[Any]]:
    """The hashes that stand more than once."""
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def _copies(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    names: str,
    row: str,
    shared: np.ndarray[Any, np.dtype[Any]],
) -> int:
    """Rows with these hashes that are equal in every column, less one of each set."""
    connection.register("shared_hashes", pd.DataFrame({"h": shared}))
    ((copies,),) = connection.execute(
        "SELECT COALESCE(SUM(n - 1), 0) FROM (SELECT COUNT(*) AS n "
        f"FROM {source} WHERE {row} IN (SELECT h FROM shared_hashes) "
        f"GROUP BY {names} HAVING COUNT(*) > 1)"
    ).fetchall()
    connection.unregister("shared_hashes")
    return int(copies)
