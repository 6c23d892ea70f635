"""The same star at another time: every date moved by the same number of days."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from gosales.core.digests import digest_json
from gosales.data.staging import identifier, literal
from gosales.data.star import TABLES, Star

# After 28 years of the Gregorian calendar days of the week, months and leap years fall as before.
SAME_CALENDAR_DAYS: Final = 10_227


def moved_star(star: Star, dest: Path, days: int) -> Star:
    """Write the star with every date of every table some days later.

    Parameters
    ----------
    star : Star
        The original; it is not touched.
    dest : pathlib.Path
        Directory of the copy; replaced if it exists.
    days : int
        By how much; negative for earlier.

    Returns
    -------
    Star
        Its first and last day are moved too; nothing but dates differs.
    """
    shutil.rmtree(dest, ignore_errors=True)
    dest.mkdir(parents=True)
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET threads = 2; SET memory_limit = '2GB'")
        for name in TABLES:
            schema = pq.read_schema(star.table(name))
            dated = [identifier(f.name) for f in schema if pa.types.is_date(f.type)]
            parts = ", ".join(f"{c} + CAST({days} AS INTEGER) AS {c}" for c in dated)
            connection.execute(
                f"COPY (SELECT * REPLACE ({parts}) FROM read_parquet("
                f"{literal(str(star.table(name)))})) "
                f"TO {literal(str(dest / f'{name}.parquet'))} (FORMAT parquet)"
            )
    finally:
        connection.close()
    old, moved = star.manifest, timedelta(days=days)
    manifest = replace(
        old,
        source=f"{old.source} (moved by {days} days)",
        digest=digest_json([old.digest, "moved", days]),
        table_digests={n: digest_json([d, "moved", days]) for n, d in old.table_digests.items()},
        first_date=old.first_date + moved,
        last_date=old.last_date + moved,
    )
    return Star.seal(dest, manifest)
