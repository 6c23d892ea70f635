"""The books of the lines, each side counted from its own files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from gosales.data.line_exclusions import EXCLUDED as TABLE
from gosales.data.line_places import NOWHERE, PLACES
from gosales.data.line_tally import TALLY
from gosales.data.raw_staging import StagedLog
from gosales.data.reconciliation import EXCLUDED, IN, OUT, Entry, Reconciliation
from gosales.data.staging import literal


@dataclass(frozen=True)
class LineBalance:
    """What the log had, what was left out, and what the star's file holds.

    Parameters
    ----------
    book : Reconciliation
        Balanced.
    first, last : date or None
        First and last order date in the star; None when it has no lines.
    given : frozenset of str
        Measures that some line of the star has.
    size : float
        Sum of absolute gross profit, or revenue where there is none, in the star.
    """

    book: Reconciliation
    first: date | None
    last: date | None
    given: frozenset[str]
    size: float

    @classmethod
    def take(
        cls, connection: duckdb.DuckDBPyConnection, log: StagedLog, written: Path
    ) -> LineBalance:
        """Count the written file and hold it against the log.

        Parameters
        ----------
        connection : duckdb connection
            Holds the tables ``tally``, ``places`` and ``excluded``, made from the log.
        log : StagedLog
            Which measures there are, and what of a wide log is not read at all.
        written : pathlib.Path
            The star's lines.

        Raises
        ------
        InternalError
            If a line or a cent was lost or made.
        """
        unread = {} if log.wide is None else log.wide.left_out
        measures = _given(connection, log.measures, unread.values())
        money = "".join(f", SUM({m}) AS {m}" for m in measures)
        before = connection.execute(
            f"SELECT '', p.division, t.year, SUM(t.lines){money} FROM {TALLY} t JOIN {PLACES} p "
            "ON p.sku IS NOT DISTINCT FROM t.sku "
            "AND p.own_division IS NOT DISTINCT FROM t.division GROUP BY 1, 2, 3"
        ).fetchall()
        without = connection.execute(
            f"SELECT reason, division, year, SUM(lines){money} FROM {TABLE} GROUP BY 1, 2, 3"
        ).fetchall()
        after = connection.execute(
            f"SELECT '', division, CAST(year(order_date) AS INTEGER), COUNT(*){money}, "
            f"MIN(order_date), MAX(order_date), SUM(ABS(COALESCE(gross_profit, revenue, 0))) "
            f"FROM read_parquet({literal(str(written))}) GROUP BY 1, 2, 3"
        ).fetchall()
        stages = ((IN, before), (EXCLUDED, without), (OUT, after))
        entries = [_entry(stage, row, measures) for stage, rows in stages for row in rows]
        entries += [e for sku, sums in unread.items() for e in _unread(sku, sums, measures)]
        book = Reconciliation.of(measures, entries)
        book.require_balance()
        rest = [row[4 + len(measures) :] for row in after]
        return cls(
            book,
            min((r[0] for r in rest), default=None),
            max((r[1] for r in rest), default=None),
            frozenset(
                m for i, m in enumerate(measures) if any(r[4 + i] is not None for r in after)
            ),
            float(sum(r[2] or 0 for r in rest)),
        )


def _given(
    connection: duckdb.DuckDBPyConnection,
    measures: Sequence[str],
    unread: Iterable[Mapping[str, Any]],
) -> list[str]:
    """The measures that some line of the log has a value of."""
    sums = ", ".join(f"SUM({m}) IS NOT NULL" for m in measures)
    (given,) = connection.execute(f"SELECT {sums} FROM {TALLY}").fetchall()
    also = {m for sums_ in unread for m in measures if Decimal(sums_.get(m, 0))}
    return [m for m, is_given in zip(measures, given, strict=True) if is_given or m in also]


def _unread(sku: str, sums: Mapping[str, Any], measures: Sequence[str]) -> tuple[Entry, Entry]:
    """Lines of a wide log's columns that are no SKU: in the log, and left out of the star."""
    money = {m: Decimal(sums.get(m, 0)) for m in measures}
    reason = f"columns {sku} are no SKU of the map"
    return (
        Entry(IN, "", NOWHERE, None, int(sums["lines"]), money),
        Entry(EXCLUDED, reason, NOWHERE, None, int(sums["lines"]), money),
    )


def _entry(stage: str, row: Sequence[Any], measures: Sequence[str]) -> Entry:
    reason, division, year, lines = row[:4]
    money = {m: Decimal(v or 0) for m, v in zip(measures, row[4:], strict=False)}
    return Entry(stage, reason, division, year, int(lines), money)
