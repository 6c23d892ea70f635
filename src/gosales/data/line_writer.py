"""The star's lines, written from the staged view that passed its contract."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from gosales.core.columns import DIVISION
from gosales.data.line_places import PLACES
from gosales.data.staging import StagedTable, identifier, literal
from gosales.data.table_schema import MEASURES, SQL_TYPE, TRANSACTION_COLUMNS

LINES: Final = "lines"
# Version 2 packs differences of numbers and lengths; a dictionary is given up early for columns
# that have a value of their own in most rows. Smaller, and a third faster to write.
_PACKED: Final = "COMPRESSION zstd, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 5000"
_KIND: Final = {c.name: SQL_TYPE[c.kind] for c in TRANSACTION_COLUMNS}


def place_view(connection: duckdb.DuckDBPyConnection, table: StagedTable) -> None:
    """Create the view ``lines``: the staged lines as the star holds them.

    Parameters
    ----------
    connection : duckdb connection
        Holds the staged view and the table ``places``.
    table : StagedTable
        The lines.
    """
    present = {c.name for c in table.columns}

    def of(name: str) -> str:
        value = f"l.{identifier(name)}" if name in present else "NULL"
        return f"CAST({value} AS {_KIND[name]})"

    same = " AND p.own_division IS NOT DISTINCT FROM l.division" if DIVISION in present else ""
    money = ", ".join(f"{of(name)} AS {name}" for name in sorted(MEASURES, reverse=True))
    connection.execute(f"""
      CREATE OR REPLACE TEMP VIEW {LINES} AS
      SELECT customer_id, order_date, known_date, invoice_id, sku, sku_key, division,
        division_key, family, sale_type, quantity, revenue, gross_profit,
        COALESCE(quantity > 0, COALESCE(gross_profit > 0, FALSE) OR COALESCE(revenue > 0, FALSE))
          AS is_purchase
      FROM (
        SELECT l.customer_id, l.order_date, COALESCE({of("known_date")}, l.order_date)
            AS known_date, {of("invoice_id")} AS invoice_id, p.sku, p.sku_key, p.division,
          p.division_key, p.family, p.sale_type, {money}
        FROM {identifier(f"staged_{table.name}")} l
        JOIN {PLACES} p ON p.sku = l.sku{same}
      )""")


def write_lines(
    connection: duckdb.DuckDBPyConnection, path: Path, *, drop_copies: bool = False
) -> None:
    """Write ``fact_transactions``: names keyed, divisions mapped, money as DECIMAL.

    Parameters
    ----------
    connection : duckdb connection
        Holds the view ``lines``.
    path : pathlib.Path
        The Parquet file.
    drop_copies : bool, default False
        Whether of lines that are equal in every column one is kept.
    """
    what = "DISTINCT *" if drop_copies else "*"
    connection.execute(
        f"COPY (SELECT {what} FROM {LINES}) TO {literal(str(path))} (FORMAT parquet, {_PACKED})"
    )
