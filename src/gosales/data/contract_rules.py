"""What each raw table must be, as conditions in SQL that are true in a breaching row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gosales.core.columns import EXPIRY_DATE, KNOWN_DATE, PARENT_ACCOUNT, QUANTITY, REVENUE
from gosales.data.account_signs import EVENTS
from gosales.data.deal_rules import deal_rules
from gosales.data.hierarchy import cycle_breach
from gosales.data.staging import StagedTable, identifier, literal
from gosales.data.star import ASSETS, CUSTOMERS, DEALS, TRANSACTIONS
from gosales.data.table_schema import MEASURES, Column


@dataclass(frozen=True)
class Rule:
    """One thing that must not be.

    Parameters
    ----------
    table, column : str
        Where.
    rule : str
        What is allowed, in words that follow "is not".
    remedy : str
        What to do.
    breach : str
        SQL condition that is true in a breaching row; empty for a breach of the whole table,
        which no quarantine can mend.
    refuses : bool, default True
        Whether a breach stops the ingest; otherwise it is counted, listed and reported, for it
        may be right (an order booked ahead is known before its day, and no view shows it before).
    """

    table: str
    column: str
    rule: str
    remedy: str
    breach: str = ""
    refuses: bool = True

    @property
    def title(self) -> str:
        """The rule as one line, for a row's list of reasons."""
        return f"{self.column}: not {self.rule}"

    def said(self, rows: int) -> str:
        """The breach in words, with its number of rows."""
        if not self.breach:
            return f"{self.table}.{self.column}: not {self.rule}"
        return (
            f"{self.table}.{self.column}: {rows:,} {'row is' if rows == 1 else 'rows are'} "
            f"not {self.rule}"
        )


def rules_of(
    table: StagedTable, columns: Sequence[Column], date_bounds: tuple[str, str]
) -> list[Rule]:
    """Every rule of one staged table.

    Parameters
    ----------
    table : StagedTable
        Names the columns that exist.
    columns : sequence of Column
        Canonical columns.
    date_bounds : tuple of str
        First and last possible day (ISO). An expiry may lie beyond the last.

    Returns
    -------
    list of Rule
        Those of the whole table first; a rule of rows only for columns that exist.
    """
    own = _OF_TABLE.get(table.name)
    return [
        *_absent(table, columns),
        *_values(table, date_bounds),
        *_in_order(table),
        *(own(table) if own is not None else ()),
    ]


def _absent(table: StagedTable, columns: Sequence[Column]) -> Iterator[Rule]:
    present = _present(table)
    mapped = {pair.partition("=")[0]: pair.partition("=")[2] for pair in table.lost}
    left = ", ".join(table.unknown[:20]) or "none is left"
    for name, own in mapped.items():
        yield Rule(
            table.name,
            name,
            f"present: it is mapped to {own}, which the files do not have",
            f"map {name} to one of your columns: {left}",
        )
    for column in columns:
        wanted = column.needed or column.must_exist
        if wanted and column.name not in present and column.name not in mapped:
            yield Rule(
                table.name,
                column.name,
                "present (the column is missing)",
                f"map your column to {column.name}",
            )
    if table.name == TRANSACTIONS and not present & set(MEASURES):
        one = ", ".join(MEASURES)
        yield Rule(table.name, MEASURES[0], f"present: one of {one}", "map a measure")


def _values(table: StagedTable, date_bounds: tuple[str, str]) -> Iterator[Rule]:
    first, last = date_bounds
    span = f"CAST({literal(first)} AS DATE) AND CAST({literal(last)} AS DATE)"
    for column in table.columns:
        name, raw = identifier(column.name), identifier(column.name + "__raw")
        # Any value is a text, and some of the files' own types leave nothing to ask.
        if column.kind != "text" and column.name not in table.certain:
            yield Rule(
                table.name,
                column.name,
                table.formats.says(column.kind),
                table.formats.remedy(column.kind),
                f"CASE WHEN {name} IS NULL THEN {raw} END",
            )
        if column.needed:
            yield Rule(
                table.name,
                column.name,
                "given (the value is missing)",
                "fill it in",
                f"NOT {raw}",
            )
        if column.kind == "date" and column.name != EXPIRY_DATE:
            yield Rule(
                table.name,
                column.name,
                f"between {first} and {last}",
                "correct the date",
                f"{name} NOT BETWEEN {span}",
            )
        if column.one_of:
            allowed = ", ".join(map(literal, column.one_of))
            yield Rule(
                table.name,
                column.name,
                f"one of {', '.join(column.one_of)}",
                "write your values as these",
                f"LOWER({name}) NOT IN ({allowed})",
            )
        if column.unique:
            view = identifier(f"staged_{table.name}")
            yield Rule(
                table.name,
                column.name,
                "unique (the key stands twice)",
                "keep one row per key",
                f"{name} IN (SELECT {name} FROM {view} GROUP BY 1 HAVING COUNT(*) > 1)",
            )


def _in_order(table: StagedTable) -> Iterator[Rule]:
    """What comes later must not come earlier; but an order can be known before its day."""
    event = EVENTS.get(table.name)
    if event is not None and {event, KNOWN_DATE} <= _present(table):
        yield Rule(
            table.name,
            KNOWN_DATE,
            f"on or after {event}",
            f"look whether {event} is a day in the future, or the two are mapped the wrong way",
            f"{KNOWN_DATE} < {event}",
            refuses=False,
        )
    if event is not None and {event, EXPIRY_DATE} <= _present(table):
        yield Rule(
            table.name,
            EXPIRY_DATE,
            f"on or after {event}",
            "correct the dates: nothing ends before it begins",
            f"{EXPIRY_DATE} < {event}",
        )


def _lines(table: StagedTable) -> Iterator[Rule]:
    measures = [m for m in MEASURES if m in _present(table)]
    money = [m for m in measures if m != QUANTITY]
    if not measures:
        return
    nothing = _if(f"{measures[0]} IS NULL", *(f"{m} IS NULL" for m in measures[1:]))
    yield Rule(
        table.name,
        measures[0],
        f"given: one of {', '.join(measures)}",
        "fill one in",
        nothing,
    )
    yield Rule(
        table.name,
        measures[0],
        f"other than zero in any of {', '.join(measures)}",
        "look whether the line means anything",
        _if(*(f"COALESCE({m}, 0) = 0" for m in reversed(measures)), f"({nothing}) IS NOT TRUE"),
        refuses=False,
    )
    if QUANTITY in measures and money:
        moved = " OR ".join(f"COALESCE({m}, 0) <> 0" for m in money)
        yield Rule(
            table.name,
            QUANTITY,
            "other than zero where money moves",
            "look whether the quantity was lost",
            _if(f"{QUANTITY} = 0", f"({moved})"),
            refuses=False,
        )
    if {QUANTITY, REVENUE} <= set(measures):
        yield Rule(
            table.name,
            QUANTITY,
            "of the same sign as revenue",
            "look whether a return was written with one sign turned",
            f"CASE WHEN {QUANTITY} < 0 THEN {REVENUE} > 0 WHEN {REVENUE} < 0 THEN {QUANTITY} > 0 "
            "END",
            refuses=False,
        )


def _if(first: str, *rest: str) -> str:
    """All of the conditions; those after the first are asked only where it holds."""
    return f"CASE WHEN {first} THEN {' AND '.join(rest) or 'true'} END"


def _owned(table: StagedTable) -> Iterator[Rule]:
    if QUANTITY in _present(table):
        yield Rule(
            table.name,
            QUANTITY,
            "zero or more",
            "correct it: nobody owns less than nothing",
            f"{QUANTITY} < 0",
        )
        yield Rule(
            table.name,
            QUANTITY,
            "above zero",
            "look whether the asset is gone",
            f"{QUANTITY} = 0",
            refuses=False,
        )


def _deals(table: StagedTable) -> Iterator[Rule]:
    yield from (Rule(table.name, *parts) for parts in deal_rules(_present(table)))


def _accounts(table: StagedTable) -> Iterator[Rule]:
    if PARENT_ACCOUNT in _present(table):
        yield Rule(
            table.name,
            PARENT_ACCOUNT,
            "the start of a chain that ends (these accounts are their own ancestors)",
            "break the circle: leave the top account's parent empty",
            cycle_breach(identifier(f"staged_{table.name}")),
        )


def _present(table: StagedTable) -> set[str]:
    return {column.name for column in table.columns}


_OF_TABLE: Final[dict[str, Callable[[StagedTable], Iterable[Rule]]]] = {
    TRANSACTIONS: _lines,
    ASSETS: _owned,
    DEALS: _deals,
    CUSTOMERS: _accounts,
}
