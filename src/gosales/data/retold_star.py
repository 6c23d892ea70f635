"""The same star at another time or in another currency."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from gosales.core.columns import AMOUNT, GROSS_PROFIT, REVENUE
from gosales.core.digests import digest_json
from gosales.data.staging import identifier, literal
from gosales.data.star import TABLES, Star

# After 28 years of the Gregorian calendar days of the week, months and leap years fall as before.
SAME_CALENDAR_DAYS: Final = 10_227
_MONEY: Final = (REVENUE, GROSS_PROFIT, AMOUNT)


def retold_star(star: Star, dest: Path, *, days: int = 0, factor: float = 1.0) -> Star:
    """Write the star with every date some days later, or with every amount of money multiplied.

    Parameters
    ----------
    star : Star
        The original; it is not touched.
    dest : pathlib.Path
        Directory of the copy; replaced if it exists.
    days : int, default 0
        By how much all dates of all tables are moved; negative for earlier.
    factor : float, default 1.0
        By how much revenue, gross profit and amounts of deals are multiplied, then rounded to
        the last place that they are kept with.

    Returns
    -------
    Star
        Its first and last day are moved too; nothing else differs.
    """
    shutil.rmtree(dest, ignore_errors=True)
    dest.mkdir(parents=True)
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET threads = 2; SET memory_limit = '2GB'")
        for name in TABLES:
            schema = pq.read_schema(star.table(name))
            parts = [
                f"{identifier(f.name)} + CAST({days} AS INTEGER) AS {identifier(f.name)}"
                for f in schema
                if pa.types.is_date(f.type)
            ]
            parts += [
                _multiplied(identifier(f.name), f.type, factor)
                for f in schema
                if f.name in _MONEY and pa.types.is_decimal(f.type)
            ]
            connection.execute(
                f"COPY (SELECT * REPLACE ({', '.join(parts)}) FROM read_parquet("
                f"{literal(str(star.table(name)))})) "
                f"TO {literal(str(dest / f'{name}.parquet'))} (FORMAT parquet)"
            )
    finally:
        connection.close()
    old, moved, told = star.manifest, timedelta(days=days), ["retold", days, factor]
    manifest = replace(
        old,
        source=f"{old.source} (dates {days:+d} days, money {factor} times)",
        digest=digest_json([old.digest, *told]),
        table_digests={n: digest_json([d, *told]) for n, d in old.table_digests.items()},
        first_date=old.first_date + moved,
        last_date=old.last_date + moved,
    )
    return Star.seal(dest, manifest)


def _multiplied(column: str, kept: pa.DataType, factor: float) -> str:
    product = f"round({column}::DOUBLE * {factor}, {kept.scale})"
    return f"CAST({product} AS DECIMAL({kept.precision}, {kept.scale})) AS {column}"
