"""The contract of the raw tables: everything wrong is gathered, written out, and raised once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from gosales.core.errors import DataError
from gosales.data.staging import StagedTable, identifier, literal
from gosales.data.star import TRANSACTIONS
from gosales.data.table_schema import FIRST_POSSIBLE, LAST_POSSIBLE, MEASURES, Column

_ROWS_KEPT = 1000
_SHOWN = 6
_WORDS = {
    "text": "text",
    "date": "a date (ISO, YYYY-MM-DD)",
    "number": "a finite number",
    "flag": "true or false",
}


@dataclass(frozen=True)
class Rule:
    """One thing that must not be.

    Parameters
    ----------
    column : str
        Where.
    rule : str
        What is allowed, in words.
    remedy : str
        What to do.
    breach : str
        SQL condition that is true in a breaching row; empty for a breach of the whole table.
    """

    column: str
    rule: str
    remedy: str
    breach: str = ""


def check_contract(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[StagedTable],
    needed: Mapping[str, Sequence[Column]],
    violations_file: Path,
) -> None:
    """Check every staged table; on any breach write the file and raise.

    Parameters
    ----------
    connection : duckdb connection
        Holds the staged views.
    tables : sequence of StagedTable
        What to check.
    needed : mapping of str to sequence of Column
        Canonical columns per table.
    violations_file : pathlib.Path
        CSV with table, row, column, value, rule, remedy; up to 1,000 rows per rule.

    Raises
    ------
    DataError
        Naming tables, columns, counts and remedies of all breaches at once.
    """
    found, counts = [], []
    for table in tables:
        for rule in _rules(table, needed[table.name]):
            n, rows = _breaches(connection, table, rule)
            if n:
                found.append(rows)
                counts.append(f"{table.name}.{rule.column}: {n:,} rows are not {rule.rule}")
    if not found:
        violations_file.unlink(missing_ok=True)
        return
    violations_file.parent.mkdir(parents=True, exist_ok=True)
    pd.concat(found, ignore_index=True).to_csv(violations_file, index=False)
    more = f" and {len(counts) - _SHOWN} more rules" if len(counts) > _SHOWN else ""
    raise DataError(
        "the log breaks its contract",
        got="; ".join(counts[:_SHOWN]) + more,
        allowed="the types and keys of the README's table",
        remedy=f"mend the rows listed in {violations_file}",
        reason_code="contract_breach",
    )


def _rules(table: StagedTable, columns: Sequence[Column]) -> Iterator[Rule]:
    present = {c.name for c in table.columns}
    for column in columns:
        if column.needed and column.name not in present:
            yield Rule(column.name, "present (the column is missing)", f"map it: {column.name}")
    for column in table.columns:
        name = identifier(column.name)
        raw = identifier(column.name + "__raw")
        yield Rule(
            column.name, _WORDS[column.kind], "correct the value", f"{raw} AND {name} IS NULL"
        )
        if column.needed:
            yield Rule(column.name, "given (the value is missing)", "fill it in", f"NOT {raw}")
        if column.kind == "date" and column.name != "expiry_date":
            yield Rule(
                column.name,
                f"between {FIRST_POSSIBLE} and {LAST_POSSIBLE}",
                "correct the date",
                f"{name} < DATE {literal(FIRST_POSSIBLE)} OR {name} > DATE {literal(LAST_POSSIBLE)}",
            )
    yield from _table_rules(table, present)


def _table_rules(table: StagedTable, present: set[str]) -> Iterator[Rule]:
    if table.name == TRANSACTIONS:
        measures = [m for m in MEASURES if m in present]
        if not measures:
            yield Rule("gross_profit", f"present: one of {', '.join(MEASURES)}", "map a measure")
        else:
            nothing = " AND ".join(f"{identifier(m)} IS NULL" for m in measures)
            yield Rule(measures[0], f"given: one of {', '.join(measures)}", "fill one in", nothing)
        return
    key = "customer_id" if table.name == "dim_customer" else "asset_id"
    if key in present:
        name, view = identifier(key), identifier(f"staged_{table.name}")
        twice = f"{name} IN (SELECT {name} FROM {view} GROUP BY 1 HAVING COUNT(*) > 1)"
        yield Rule(key, "unique (the key stands twice)", "keep one row per key", twice)


def _breaches(
    connection: duckdb.DuckDBPyConnection, table: StagedTable, rule: Rule
) -> tuple[int, pd.DataFrame]:
    fixed = {"table": table.name, "column": rule.column, "rule": rule.rule, "remedy": rule.remedy}
    columns = ["table", "row", "column", "value", "rule", "remedy"]
    if not rule.breach:
        return 1, pd.DataFrame([{**fixed, "row": None, "value": None}])[columns]
    view = identifier(f"staged_{table.name}")
    counted = connection.execute(f"SELECT COUNT(*) FROM {view} WHERE {rule.breach}").fetchone()
    n = int(counted[0]) if counted else 0
    if not n:
        return 0, pd.DataFrame(columns=columns)
    text = identifier(rule.column + "__text")
    rows = connection.execute(
        f"SELECT _row AS row, {text} AS value FROM {view} WHERE {rule.breach} "
        f"ORDER BY _row LIMIT {_ROWS_KEPT}"
    ).df()
    return n, rows.assign(**fixed)[columns]
