"""The contract of the raw tables: everything wrong is gathered, written out, and raised once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from gosales.core.columns import PARENT_ACCOUNT
from gosales.core.errors import ConfigError, DataError
from gosales.core.timeline import Cutoff
from gosales.data.deal_rules import deal_rules
from gosales.data.hierarchy import cycle_breach
from gosales.data.staging import StagedTable, identifier, literal
from gosales.data.star import CUSTOMERS, DEALS, TRANSACTIONS
from gosales.data.table_schema import MEASURES, Column

_ROWS_KEPT = 1000
_SHOWN = 6


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
    date_bounds: tuple[str, str],
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
    date_bounds : tuple of str
        First and last possible day (ISO); outside them a date is a typing error. An expiry date
        may lie beyond the last.
    violations_file : pathlib.Path
        CSV with table, file, row, column, value, rule, remedy; up to 1,000 rows per rule.

    Raises
    ------
    DataError
        Naming tables, columns, counts and remedies of all breaches at once.
    """
    found, counts = [], []
    _check_bounds(date_bounds)
    for table in tables:
        rules = list(_rules(table, needed[table.name], date_bounds))
        for rule, n in zip(rules, _counts(connection, table, rules), strict=True):
            if n:
                found.append(_breaches(connection, table, rule))
                counts.append(f"{table.name}.{rule.column}: {_said(rule, n)}")
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


def _check_bounds(date_bounds: tuple[str, str]) -> None:
    try:
        first, last = (Cutoff.parse(day) for day in date_bounds)
        in_order = first.days_until(last) >= 0
    except ConfigError:
        in_order = False
    if not in_order:
        raise ConfigError(
            "the date bounds are malformed",
            got=", ".join(date_bounds),
            allowed="two ISO dates, the first not after the last",
            remedy="mend data.date_bounds",
            reason_code="bad_date_bounds",
        )


def _said(rule: Rule, n: int) -> str:
    if not rule.breach:
        return f"not {rule.rule}"
    return f"{n:,} {'row is' if n == 1 else 'rows are'} not {rule.rule}"


def _rules(
    table: StagedTable, columns: Sequence[Column], date_bounds: tuple[str, str]
) -> Iterator[Rule]:
    first, last = date_bounds
    present = {c.name for c in table.columns}
    mapped = {pair.partition("=")[0]: pair.partition("=")[2] for pair in table.lost}
    for name, own in mapped.items():
        yield Rule(
            name,
            f"present: it is mapped to {own}, which the files do not have",
            f"map {name} to one of your columns: {', '.join(table.unknown[:20]) or 'none is left'}",
        )
    for column in columns:
        if column.name in mapped:
            continue
        if (column.needed or column.must_exist) and column.name not in present:
            yield Rule(
                column.name, "present (the column is missing)", f"map your column to {column.name}"
            )
    for column in table.columns:
        name = identifier(column.name)
        raw = identifier(column.name + "__raw")
        said, remedy = table.formats.says(column.kind), table.formats.remedy(column.kind)
        yield Rule(column.name, said, remedy, f"{raw} AND {name} IS NULL")
        if column.needed:
            yield Rule(column.name, "given (the value is missing)", "fill it in", f"NOT {raw}")
        if column.kind == "date" and column.name != "expiry_date":
            span = f"CAST({literal(first)} AS DATE) AND CAST({literal(last)} AS DATE)"
            yield Rule(
                column.name,
                f"between {first} and {last}",
                "correct the date",
                f"{name} NOT BETWEEN {span}",
            )
        if column.one_of:
            allowed = ", ".join(map(literal, column.one_of))
            yield Rule(
                column.name,
                f"one of {', '.join(column.one_of)}",
                "write your values as these",
                f"LOWER({name}) NOT IN ({allowed})",
            )
        if column.unique:
            view = identifier(f"staged_{table.name}")
            twice = f"{name} IN (SELECT {name} FROM {view} GROUP BY 1 HAVING COUNT(*) > 1)"
            yield Rule(column.name, "unique (the key stands twice)", "keep one row per key", twice)
    yield from _table_rules(table, present)


def _table_rules(table: StagedTable, present: set[str]) -> Iterator[Rule]:
    if table.name == TRANSACTIONS:
        measures = [m for m in MEASURES if m in present]
        if not measures:
            yield Rule("gross_profit", f"present: one of {', '.join(MEASURES)}", "map a measure")
        else:
            nothing = " AND ".join(f"{identifier(m)} IS NULL" for m in measures)
            yield Rule(measures[0], f"given: one of {', '.join(measures)}", "fill one in", nothing)
    if table.name == DEALS:
        yield from (Rule(*parts) for parts in deal_rules(present))
    if table.name == CUSTOMERS and PARENT_ACCOUNT in present:
        yield Rule(
            PARENT_ACCOUNT,
            "the start of a chain that ends (these accounts are their own ancestors)",
            "break the circle: leave the top account's parent empty",
            cycle_breach(identifier(f"staged_{table.name}")),
        )


def _counts(
    connection: duckdb.DuckDBPyConnection, table: StagedTable, rules: Sequence[Rule]
) -> list[int]:
    """Breaching rows per rule, all in one scan of the files."""
    wanted = [rule for rule in rules if rule.breach]
    sums = ", ".join(f"COUNT(*) FILTER (WHERE {rule.breach})" for rule in wanted)
    view = identifier(f"staged_{table.name}")
    found = connection.execute(f"SELECT {sums or 'COUNT(*)'} FROM {view}").fetchone() or ()
    counted = dict(zip(wanted, found, strict=False))
    return [int(counted[rule]) if rule.breach else 1 for rule in rules]


def _breaches(
    connection: duckdb.DuckDBPyConnection, table: StagedTable, rule: Rule
) -> pd.DataFrame:
    fixed = {"table": table.name, "column": rule.column, "rule": rule.rule, "remedy": rule.remedy}
    columns = ["table", "file", "row", "column", "value", "rule", "remedy"]
    if not rule.breach:
        return pd.DataFrame([{**fixed, "file": None, "row": None, "value": None}])[columns]
    view, text = identifier(f"staged_{table.name}"), identifier(rule.column + "__text")
    rows = connection.execute(
        f"SELECT _file AS file, _row AS row, {text} AS value FROM {view} WHERE {rule.breach} "
        f"ORDER BY _file, _row LIMIT {_ROWS_KEPT}"
    ).df()
    return rows.assign(**fixed)[columns]
