"""Rows and money in against rows and money out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from gosales.core.errors import InternalError
from gosales.data.staging import StagedTable, identifier, literal
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TRANSACTIONS
from gosales.data.table_schema import MEASURES


def reconcile(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, StagedTable],
    files: Mapping[str, Path],
    *,
    has_map: bool,
) -> dict[str, Any]:
    """Compare the staged transactions with those written.

    Parameters
    ----------
    connection : duckdb connection
        Holds the staged views and the view ``lines`` of those admitted.
    tables : mapping of str to StagedTable
        What was staged.
    files : mapping of str to pathlib.Path
        The star's tables.
    has_map : bool
        Whether a SKU map was applied.

    Returns
    -------
    dict
        rows, money per measure (in and out, exact), others (rows of assets, contacts and deals),
        duplicates, accounts, ignored, repaired; with a map also unmapped and unmapped_share.

    Raises
    ------
    InternalError
        If a row or a cent was lost or made.
    """
    lines = tables[TRANSACTIONS]
    measures = [c.name for c in lines.columns if c.name in MEASURES]
    source = f"read_parquet({literal(str(files[TRANSACTIONS]))})"
    before = _sums(connection, identifier(f"staged_{TRANSACTIONS}"), measures)
    admitted = _sums(connection, "lines", measures)
    after = _sums(connection, source, measures)
    if admitted != after:
        raise InternalError(
            "rows or money were lost between the log and the star",
            got=f"in {admitted}, out {after}",
            allowed="equal rows and sums",
            remedy="report this with the log's first lines",
            reason_code="reconciliation",
        )
    facts: dict[str, Any] = {
        "rows": {"in": before[0], "out": after[0], "dropped_copies": before[0] - after[0]},
        "money": {
            m: {"in": str(a), "out": str(b)}
            for m, a, b in zip(measures, before[1:], after[1:], strict=True)
            if a is not None
        },
        "others": _others(connection, tables, files),
        "duplicates": _copies(connection, lines),
        "accounts": _accounts(connection, tables.get(CUSTOMERS), files[CUSTOMERS]),
        "ignored": sorted(f"{t.name}.{c}" for t in tables.values() for c in t.unknown),
        "repaired": _repaired(connection, tables.values()),
    }
    return {**facts, **(_unmapped(connection, source) if has_map else {})}


def _sums(
    connection: duckdb.DuckDBPyConnection, source: str, measures: list[str]
) -> tuple[Any, ...]:
    sums = "".join(f", SUM({identifier(m)})" for m in measures)
    return connection.execute(f"SELECT COUNT(*){sums} FROM {source}").fetchone() or ()


def _others(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, StagedTable],
    files: Mapping[str, Path],
) -> dict[str, int]:
    """Rows of the optional tables that the log has: as many written as were read."""
    counts = {}
    for name in (ASSETS, CONTACTS, DEALS):
        if name not in tables:
            continue
        before = _sums(connection, identifier(f"staged_{name}"), [])
        after = _sums(connection, f"read_parquet({literal(str(files[name]))})", [])
        if before != after:
            raise InternalError(
                f"rows of {name} were lost between the log and the star",
                got=f"in {before[0]}, out {after[0]}",
                allowed="equal rows",
                remedy="report this with the table's first lines",
                reason_code="reconciliation",
            )
        counts[name] = int(after[0])
    return counts


def _accounts(
    connection: duckdb.DuckDBPyConnection, table: StagedTable | None, path: Path
) -> dict[str, int]:
    whole = connection.execute(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE first_known_date IS NULL) "
        f"FROM read_parquet({literal(str(path))})"
    ).fetchone() or (0, 0)
    facts = {"without any date": int(whole[1])}
    if table is None:
        return facts
    own = _sums(connection, identifier(f"staged_{CUSTOMERS}"), [])
    return {"known from other tables alone": int(whole[0] - own[0]), **facts}


def _copies(connection: duckdb.DuckDBPyConnection, lines: StagedTable) -> int:
    """Lines that are exact copies of another line of the log."""
    names = ", ".join(identifier(c.name) for c in lines.columns)
    found = connection.execute(
        "SELECT COALESCE(SUM(n - 1), 0) FROM (SELECT COUNT(*) AS n "
        f"FROM {identifier(f'staged_{TRANSACTIONS}')} GROUP BY {names} HAVING COUNT(*) > 1)"
    ).fetchone()
    return int(found[0]) if found else 0


def _repaired(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[StagedTable]
) -> dict[str, int]:
    """Values whose mojibake was put right, per column."""
    found = {}
    for table in tables:
        for name in table.repaired:
            changed = identifier(name + "__mended")
            row = connection.execute(
                f"SELECT COUNT(*) FILTER (WHERE {changed}) "
                f"FROM {identifier(f'staged_{table.name}')}"
            ).fetchone()
            found[f"{table.name}.{name}"] = int(row[0]) if row else 0
    return found


def _unmapped(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, Any]:
    rows = connection.execute(
        "SELECT sku, SUM(ABS(COALESCE(gross_profit, revenue, 0))) AS size "
        f"FROM {source} WHERE family IS NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    whole = connection.execute(
        f"SELECT SUM(ABS(COALESCE(gross_profit, revenue, 0))) FROM {source}"
    ).fetchone()
    total = float(whole[0] or 0) if whole else 0.0
    lost = float(sum(r[1] or 0 for r in rows))
    return {
        "unmapped": [str(r[0]) for r in rows],
        "unmapped_share": lost / total if total else 0.0,
    }
