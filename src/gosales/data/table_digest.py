"""Digest of a table's content that no order of rows or files can change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import duckdb
import numpy as np
import pandas as pd

from gosales.core.digests import digest_json
from gosales.data.staging import identifier, literal

_Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
# Rows whose hashes are held in memory at a time (24 bytes each); a longer table is read by parts.
_PART_ROWS: Final = 40_000_000
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
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    without: Collection[str] = (),
    part_rows: int = _PART_ROWS,
) -> TableDigest:
    """Digest, rows and exact copies of one Parquet file.

    Parameters
    ----------
    connection : duckdb connection
        Where it is computed, out of core.
    path : pathlib.Path
        The file.
    without : collection of str, default ()
        Columns that are not content.
    part_rows : int, default 40 million
        Rows whose hashes are held in memory at a time.

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
    columns = sorted((str(r[0]), str(r[1])) for r in described if r[0] not in without)
    names = ", ".join(identifier(name) for name, _ in columns)
    # Hashed twice: the parts of DuckDB's combined hash are joined by exclusive or, and a sum over
    # rows could miss two values that changed places.
    row = f"hash(hash({names}))"
    ((rows,),) = connection.execute(f"SELECT COUNT(*) FROM {source}").fetchall()
    parts = max(1, -(-int(rows) // part_rows))
    total, copies = 0, 0
    placed = source.removesuffix(")") + ", file_row_number = true)"
    for part in range(parts):
        of_part = f" WHERE {row} % {parts} = {part}" if parts > 1 else ""
        found = connection.execute(
            f"SELECT {row} AS hash, file_row_number AS place FROM {placed}{of_part}"
        ).fetchnumpy()
        hashes = np.asarray(found["hash"], dtype=np.uint64)
        total += _exact_sum(hashes)
        places = np.asarray(found["place"])[_shared(hashes)]
        if len(places):
            copies += _copies(connection, placed, names, places)
    probe = [str(p) for p in connection.execute(f"SELECT {_PROBE}").fetchall()[0]]
    digest = digest_json([columns, int(rows), str(total), probe])
    return TableDigest(digest, int(rows), copies)


def _exact_sum(hashes: _Array) -> int:
    """Sum of unsigned 64-bit numbers; their halves are summed, for the whole would overflow."""
    low = int((hashes & np.uint64(0xFFFFFFFF)).sum())
    return (int((hashes >> np.uint64(32)).sum()) << 32) + low


def _shared(hashes: _Array) -> _Array:
    """Where the hashes stand that stand more than once.

    The low bits of each hash give way to its position, so that one plain sort brings likely pairs
    together and says where they are; the full hashes then decide.
    """
    bits = np.uint64(max(1, len(hashes).bit_length()))
    ordered = ((hashes >> bits) << bits) | np.arange(len(hashes), dtype=np.uint64)
    ordered.sort()
    first = np.flatnonzero((ordered[1:] ^ ordered[:-1]) < (np.uint64(1) << bits))
    near = np.unique(ordered[np.concatenate([first, first + 1])])
    at = (near & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    _, group, often = np.unique(hashes[at], return_inverse=True, return_counts=True)
    return at[often[group] > 1]


def _copies(connection: duckdb.DuckDBPyConnection, placed: str, names: str, places: _Array) -> int:
    """Of the rows at these places, those equal in every column to another, less one of each set."""
    connection.register("shared_places", pd.DataFrame({"place": places}))
    ((copies,),) = connection.execute(
        "SELECT COALESCE(SUM(n - 1), 0) FROM (SELECT COUNT(*) AS n "
        f"FROM {placed} WHERE file_row_number IN (SELECT place FROM shared_places) "
        f"GROUP BY {names} HAVING COUNT(*) > 1)"
    ).fetchall()
    connection.unregister("shared_places")
    return int(copies)
