"""The rows that break a contract, as files a person can work through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from gosales.data.contract_check import Breach
from gosales.data.staging import identifier

_COLUMNS: Final = ("table", "file", "row", "column", "value", "rule", "remedy")


@dataclass(frozen=True)
class Violations:
    """Where the files of one source lie.

    Parameters
    ----------
    folder : pathlib.Path
        Of all sources.
    name : str
        Path-safe name of this one.
    """

    folder: Path
    name: str

    @property
    def rows(self) -> Path:
        """Breaching rows: table, file, row (counted from 1), column, value, rule, remedy."""
        return self.folder / f"{self.name}.csv"

    @property
    def rules(self) -> Path:
        """Broken rules with the number of all their rows, also of those not listed."""
        return self.folder / f"{self.name}.rules.csv"

    @property
    def reported(self) -> Path:
        """Rows that may be right and ought to be looked at, with the columns of `rows`."""
        return self.folder / f"{self.name}.reported.csv"

    def quarantined(self, table: str) -> Path:
        """The rows set aside, with all their own columns."""
        return self.folder / f"{self.name}.quarantined.{table}.csv"

    def clear(self) -> None:
        """Forget an earlier ingest: no file means no breach."""
        for file in self.folder.glob(f"{self.name}.*"):
            file.unlink()

    def write(
        self, connection: duckdb.DuckDBPyConnection, breaches: Sequence[Breach], listed_rows: int
    ) -> None:
        """Write the files in place of those of an earlier ingest; no breach, no file.

        Parameters
        ----------
        connection : duckdb connection
            Holds the staged views.
        breaches : sequence of Breach
            Of rules that refuse and of those that only report.
        listed_rows : int
            Rows listed per rule at most.
        """
        for file in self.folder.glob(f"{self.name}.*"):
            file.unlink()
        if not breaches:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        found = [(b, _rows(connection, b, listed_rows)) for b in breaches]
        for refuses, file in ((True, self.rows), (False, self.reported)):
            parts = [rows for breach, rows in found if breach.rule.refuses is refuses]
            if parts:
                pd.concat(parts, ignore_index=True).to_csv(file, index=False)
        summary = [
            {
                "table": b.rule.table, "column": b.rule.column, "rule": b.rule.rule,
                "refuses": b.rule.refuses, "rows": b.rows, "listed": len(rows),
                "remedy": b.rule.remedy,
            }
            for b, rows in found
        ]  # fmt: skip
        pd.DataFrame(summary).to_csv(self.rules, index=False)


def _rows(connection: duckdb.DuckDBPyConnection, breach: Breach, listed_rows: int) -> pd.DataFrame:
    rule = breach.rule
    fixed = {
        "table": rule.table, "column": rule.column, "rule": rule.rule, "remedy": rule.remedy,
    }  # fmt: skip
    if not rule.breach:
        alone = pd.DataFrame([{**fixed, "file": None, "row": None, "value": None}])
        return alone[list(_COLUMNS)]
    view, text = identifier(f"staged_{rule.table}"), identifier(rule.column + "__text")
    rows = connection.execute(
        f"SELECT _file AS file, _row AS row, {text} AS value FROM {view} WHERE {rule.breach} "
        f"ORDER BY _file, _row LIMIT {listed_rows}"
    ).df()
    return rows.assign(**fixed)[list(_COLUMNS)]
