"""What an ingest found out, as plain values that can be kept and shown again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import duckdb

from gosales.core.errors import InternalError
from gosales.data.account_signs import EVENTS, SIGNS
from gosales.data.line_balance import LineBalance
from gosales.data.line_exclusions import COPY
from gosales.data.raw_staging import StagedLog
from gosales.data.staging import StagedTable, identifier, literal
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TRANSACTIONS

_UNMAPPED_LISTED: Final = 200


def ingest_facts(
    connection: duckdb.DuckDBPyConnection,
    log: StagedLog,
    files: Mapping[str, Path],
    balance: LineBalance,
    *,
    has_map: bool,
) -> dict[str, Any]:
    """Gather the facts of a written star.

    Parameters
    ----------
    connection : duckdb connection
        Holds the staged views as they were admitted, and the table ``account_signs``.
    log : StagedLog
        What was staged.
    files : mapping of str to pathlib.Path
        The star's tables.
    balance : LineBalance
        Of the lines.
    has_map : bool
        Whether a SKU map was applied.

    Returns
    -------
    dict
        See `IngestResult`.

    Raises
    ------
    InternalError
        If a row of another table was lost or made.
    """
    (total,) = balance.book.totals()
    left_out = {r["reason"]: r["lines_excluded"] for r in balance.book.totals("reason")}
    unread = () if log.wide is None else log.wide.ignored
    facts: dict[str, Any] = {
        "rows": {
            "in": total["lines_in"],
            "out": total["lines_out"],
            "dropped_copies": left_out.get(COPY, 0),
        },
        "money": {
            m: {"in": str(total[f"{m}_in"]), "out": str(total[f"{m}_out"])}
            for m in log.measures
            if m in balance.given
        },
        "reconciliation": balance.book.plain(),
        "others": _others(connection, log, files),
        "accounts": _accounts(connection, log, files),
        "orphans": _orphans(connection, log),
        "ignored": sorted([*(f"{t.name}.{c}" for t in log.tables.values() for c in t.unknown),
                           *(f"{TRANSACTIONS}.{c}" for c in unread)]),
        "repaired": _repaired(connection, log.tables.values()),
    }  # fmt: skip
    if log.wide is not None:
        facts["left_out"] = {sku: dict(sums) for sku, sums in log.wide.left_out.items()}
    return {**facts, **(_unmapped(connection, files[TRANSACTIONS], balance) if has_map else {})}


def _others(
    connection: duckdb.DuckDBPyConnection, log: StagedLog, files: Mapping[str, Path]
) -> dict[str, int]:
    """Rows of the optional tables that the log has: as many written as were admitted."""
    found = {}
    for name in (ASSETS, CONTACTS, DEALS):
        if name not in log.tables:
            continue
        found[name] = _count(connection, _read(files[name]))
        _require_equal(name, _count(connection, identifier(f"staged_{name}")), found[name])
    return found


def _require_equal(table: str, admitted: int, out: int) -> None:
    if out != admitted:
        raise InternalError(
            f"rows of {table} were lost or made between the log and the star",
            got=f"in {admitted:,}, out {out:,}",
            allowed="equal rows",
            remedy="report this with the table's first lines",
            reason_code="reconciliation",
        )


def _repaired(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[StagedTable]
) -> dict[str, int]:
    """Values whose mojibake was put right, per column."""
    return {
        f"{table.name}.{name}": _count(
            connection,
            f"{identifier(f'staged_{table.name}')} WHERE {identifier(name + '__mended')}",
        )
        for table in tables
        for name in table.repaired
    }


def _accounts(
    connection: duckdb.DuckDBPyConnection, log: StagedLog, files: Mapping[str, Path]
) -> dict[str, int]:
    whole = _count(connection, _read(files[CUSTOMERS]))
    undated = _count(connection, f"{_read(files[CUSTOMERS])} WHERE first_known_date IS NULL")
    facts = {"without any date": undated}
    view = identifier(f"staged_{CUSTOMERS}")
    named = f"SELECT customer_id FROM {SIGNS}"
    if CUSTOMERS in log.tables:
        named += f" UNION SELECT customer_id FROM {view}"
        facts = {"known from other tables alone": whole - _count(connection, view), **facts}
    # Every account that any table names, once.
    _require_equal(CUSTOMERS, _count(connection, f"({named})"), whole)
    return facts


def _orphans(connection: duckdb.DuckDBPyConnection, log: StagedLog) -> dict[str, dict[str, int]]:
    """Rows of accounts that the account table does not have: legal, and worth knowing."""
    if CUSTOMERS not in log.tables:
        return {}
    counts = ", ".join(
        f"COUNT(*) FILTER (WHERE {name} > 0), COALESCE(SUM({name}), 0)" for name in EVENTS
    )
    (found,) = connection.execute(
        f"SELECT {counts} FROM {SIGNS} t ANTI JOIN {identifier(f'staged_{CUSTOMERS}')} c "
        "ON c.customer_id = t.customer_id"
    ).fetchall()
    pairs = zip(EVENTS, found[::2], found[1::2], strict=True)
    return {name: {"accounts": int(a), "rows": int(n)} for name, a, n in pairs if a}


def _unmapped(
    connection: duckdb.DuckDBPyConnection, written: Path, balance: LineBalance
) -> dict[str, Any]:
    """SKUs the map does not know, largest first, and their share of the money."""
    rows = connection.execute(
        "SELECT sku, COUNT(*), SUM(COALESCE(gross_profit, revenue, 0)), "
        "SUM(ABS(COALESCE(gross_profit, revenue, 0))) AS size "
        f"FROM {_read(written)} WHERE family IS NULL GROUP BY 1 ORDER BY size DESC, 1"
    ).fetchall()
    lost = float(sum(row[3] for row in rows))
    return {
        "unmapped": [str(row[0]) for row in rows],
        "unmapped_share": lost / balance.size if balance.size else 0.0,
        "unmapped_skus": [
            {"sku": str(r[0]), "lines": int(r[1]), "money": str(r[2])}
            for r in rows[:_UNMAPPED_LISTED]
        ],
    }


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    found = connection.execute(f"SELECT COUNT(*) FROM {source}").fetchall()[0]
    return int(found[0])


def _read(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"
