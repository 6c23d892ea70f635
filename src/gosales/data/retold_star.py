"""The same star at another time or in another currency."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from gosales.core.columns import AMOUNT, GROSS_PROFIT, REVENUE
from gosales.core.digests import digest_json
from gosales.data.staging import identifier, literal
from gosales.data.star import CUSTOMERS, TABLES, Star

# After 28 years of the Gregorian calendar days of the week, months and leap years fall as before.
SAME_CALENDAR_DAYS: Final = 10_227
# After 152 years Easter does too (of 2001 to 2047), after no fewer.
SAME_EASTER_DAYS: Final = 55_517
_DAYS_OF_YEAR: Final = 365.2425
_YEARS: Final = (1700, 2200)  # an attribute all of whose values are whole numbers in here is a year
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
        By how much all dates of all tables are moved; negative for earlier. Number attributes
        that hold years (whole numbers from 1700 to 2200, all of them) move by as many years.
    factor : float, default 1.0
        By how much revenue, gross profit and amounts of deals are multiplied, then rounded to
        the last place that they are kept with. What would not fit its column stays.

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
            source = f"read_parquet({literal(str(star.table(name)))})"
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
            if name == CUSTOMERS:
                years = round(days / _DAYS_OF_YEAR)
                parts += [
                    f"{identifier(c)} + {years} AS {identifier(c)}"
                    for c in _years(connection, star, source)
                ]
            connection.execute(
                f"COPY (SELECT * REPLACE ({', '.join(parts)}) FROM {source}) "
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


def _years(connection: Any, star: Star, source: str) -> list[str]:
    """Number attributes that are the year of something."""
    numbers = [n for n, a in star.manifest.attributes.items() if a.dtype == "number"]
    least, most = _YEARS
    found = []
    for name in numbers:
        column = identifier(name)
        within = f"{column} BETWEEN {least} AND {most} AND {column} = round({column})"
        query = f"SELECT bool_and({within}) FROM {source} WHERE {column} IS NOT NULL"
        if connection.execute(query).fetchone()[0]:
            found.append(name)
    return found


def _multiplied(column: str, kept: pa.DataType, factor: float) -> str:
    # Exact: a double would not keep the last places of large amounts.
    product = f"{column}::DECIMAL(28, {kept.scale}) * CAST({factor} AS DECIMAL(9, 4))"
    fitting = f"TRY_CAST({product} AS DECIMAL({kept.precision}, {kept.scale}))"
    return f"COALESCE({fitting}, {column}) AS {column}"
