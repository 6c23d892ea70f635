"""Every staged table held against its rules; counts are complete, and nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff
from gosales.data.contract_rules import Rule, rules_of
from gosales.data.line_tally import tally_lines
from gosales.data.staging import StagedTable, identifier
from gosales.data.star import TRANSACTIONS
from gosales.data.table_schema import Column


@dataclass(frozen=True)
class Breach:
    """A rule that is broken.

    Parameters
    ----------
    rule : Rule
        Which.
    rows : int
        By how many rows; 1 for a breach of the whole table.
    """

    rule: Rule
    rows: int


def find_breaches(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[StagedTable],
    columns: Mapping[str, Sequence[Column]],
    date_bounds: tuple[str, str],
) -> list[Breach]:
    """Count the rows that break each rule, in one scan per table.

    Parameters
    ----------
    connection : duckdb connection
        Holds the staged views. The table ``tally`` of the lines is there afterwards.
    tables : sequence of StagedTable
        What to check.
    columns : mapping of str to sequence of Column
        Canonical columns per table.
    date_bounds : tuple of str
        First and last possible day (ISO); outside them a date is a typing error.

    Returns
    -------
    list of Breach
        Those with a row or more, in the order of tables and rules.

    Raises
    ------
    ConfigError
        If the date bounds are malformed.

    Notes
    -----
    The rules are SQL over the staged views and not a pandera schema: pandera would read ten
    million lines into pandas to say what one aggregation says out of core, and types are no
    question any more, for a value that does not fit its type is null in the view.
    """
    _check_bounds(date_bounds)
    found = []
    for table in tables:
        rules = rules_of(table, columns[table.name], date_bounds)
        found += [Breach(rule, 1) for rule in rules if not rule.breach]
        of_rows = [rule for rule in rules if rule.breach]
        count = tally_lines if table.name == TRANSACTIONS else _count
        counted = zip(of_rows, count(connection, table, of_rows), strict=True)
        found += [Breach(rule, n) for rule, n in counted if n]
    return found


def _count(
    connection: duckdb.DuckDBPyConnection, table: StagedTable, rules: Sequence[Rule]
) -> list[int]:
    if not rules:
        return []
    counts = ", ".join(f"COUNT(*) FILTER (WHERE {rule.breach})" for rule in rules)
    view = identifier(f"staged_{table.name}")
    found = connection.execute(f"SELECT {counts} FROM {view}").fetchall()[0]
    return [int(n) for n in found]


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
