"""One scan of the log's lines that counts and sums all that the ingest asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import duckdb

from gosales.core.columns import DIVISION, GROSS_PROFIT, ORDER_DATE, REVENUE, SKU
from gosales.data.contract_rules import Rule
from gosales.data.staging import StagedTable, identifier
from gosales.data.table_schema import MEASURES, SQL_TYPE, TRANSACTION_COLUMNS

TALLY: Final = "tally"
_MONEY: Final = {c.name: SQL_TYPE[c.kind] for c in TRANSACTION_COLUMNS if c.name in MEASURES}


def tally_lines(
    connection: duckdb.DuckDBPyConnection, table: StagedTable, rules: Sequence[Rule]
) -> list[int]:
    """Create the table ``tally`` from the staged lines, and count the breaches of each rule.

    Parameters
    ----------
    connection : duckdb connection
        Holds the staged view.
    table : StagedTable
        The lines.
    rules : sequence of Rule
        Of rows.

    Returns
    -------
    list of int
        Breaching lines per rule.

    Notes
    -----
    ``tally`` has one row per SKU, division (the log's own) and year, with the columns of
    `sums`: so small that names, mapping, reconciliation and the contract's counts need no
    further scan of the log.
    """
    names = [f"breach_{i}" for i in range(len(rules))]
    counts = "".join(
        f", COUNT(*) FILTER (WHERE {rule.breach}) AS {name}"
        for rule, name in zip(rules, names, strict=True)
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {TALLY} AS SELECT {cells(table)}, {sums(table)}{counts} "
        f"FROM {identifier(f'staged_{table.name}')} GROUP BY 1, 2, 3"
    )
    if not names:
        return []
    total = ", ".join(f"COALESCE(SUM({name}), 0)" for name in names)
    found = connection.execute(f"SELECT {total} FROM {TALLY}").fetchall()[0]
    return [int(n) for n in found]


def cells(table: StagedTable, of: str = "") -> str:
    """SQL of the columns that a tally is by: sku, division (the log's own) and year.

    Parameters
    ----------
    table : StagedTable
        The lines.
    of : str, default ""
        Alias of the view, with its point.
    """
    present = {c.name for c in table.columns}
    year = f"CAST(year({of}{ORDER_DATE}) AS INTEGER)" if ORDER_DATE in present else "NULL::INTEGER"
    names = (
        f"{of}{identifier(n)} AS {n}" if n in present else f"NULL::VARCHAR AS {n}"
        for n in (SKU, DIVISION)
    )
    return ", ".join([*names, f"{year} AS year"])


def sums(table: StagedTable, of: str = "") -> str:
    """SQL of what is summed: lines, each measure (exact; null where never given) and its size.

    Parameters
    ----------
    table : StagedTable
        The lines.
    of : str, default ""
        Alias of the view, with its point.

    Notes
    -----
    ``size`` is the sum of absolute gross profit, or of revenue where the line has no gross
    profit: what a share of the money is a share of.
    """
    present = {c.name for c in table.columns}
    parts = ["COUNT(*) AS lines"]
    for name, kind in _MONEY.items():
        value = f"{of}{name}" if name in present else f"NULL::{kind}"
        parts.append(f"SUM({value}) AS {name}")
    money = [f"{of}{m}" for m in (GROSS_PROFIT, REVENUE) if m in present]
    parts.append(f"SUM(ABS(COALESCE({', '.join([*money, '0'])}))) AS size")
    return ", ".join(parts)
