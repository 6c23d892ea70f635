"""The lines that are in the log and not in the star, each with its reason and its money."""

from __future__ import annotations

from typing import Final

import duckdb

from gosales.core.columns import DIVISION, ORDER_DATE, SKU
from gosales.data.line_places import PLACES
from gosales.data.line_tally import TALLY, sums
from gosales.data.staging import StagedTable

EXCLUDED: Final = "excluded"
COPY: Final = "exact copy of another line"


def start_exclusions(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty table ``excluded``: reason, division (the star's), year and sums."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {EXCLUDED} AS SELECT NULL::VARCHAR AS reason, division, "
        f"year, lines, quantity, revenue, gross_profit, size FROM {TALLY} LIMIT 0"
    )


def exclude_lines(
    connection: duckdb.DuckDBPyConnection, table: StagedTable, source: str, reason: str
) -> None:
    """Enter lines that do not reach the star.

    Parameters
    ----------
    connection : duckdb connection
        Holds the tables ``excluded`` and ``places``.
    table : StagedTable
        The lines.
    source : str
        SQL of what to read; staged columns have the alias ``l``.
    reason : str
        SQL of the reason.
    """
    present = {c.name for c in table.columns}
    sku, own = (f"l.{n}" if n in present else "NULL" for n in (SKU, DIVISION))
    year = f"CAST(year(l.{ORDER_DATE}) AS INTEGER)" if ORDER_DATE in present else "NULL"
    connection.execute(
        f"INSERT INTO {EXCLUDED} BY NAME SELECT {reason} AS reason, p.division, {year} AS year, "
        f"{sums(table, 'l.')} FROM {source} JOIN {PLACES} p "
        f"ON p.sku IS NOT DISTINCT FROM {sku} AND p.own_division IS NOT DISTINCT FROM {own} "
        "GROUP BY 1, 2, 3"
    )


def exclude_copies(connection: duckdb.DuckDBPyConnection, lines: str) -> None:
    """Enter all but one of each set of lines that are equal in every column of the star.

    Parameters
    ----------
    connection : duckdb connection
        Holds the table ``excluded``.
    lines : str
        View of the lines as the star would hold them, copies included.
    """
    more = ", ".join(f"SUM(again * {m}) AS {m}" for m in ("quantity", "revenue", "gross_profit"))
    connection.execute(f"""
      INSERT INTO {EXCLUDED} BY NAME
      SELECT '{COPY}' AS reason, division, CAST(year(order_date) AS INTEGER) AS year,
        SUM(again) AS lines, {more},
        SUM(again * ABS(COALESCE(gross_profit, revenue, 0))) AS size
      FROM (SELECT *, COUNT(*) - 1 AS again FROM {lines} GROUP BY ALL HAVING COUNT(*) > 1)
      GROUP BY 1, 2, 3""")
