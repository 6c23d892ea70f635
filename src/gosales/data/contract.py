"""How a log that breaks its contract is met: refused, or its bad rows set aside within bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from gosales.core.errors import ConfigError, DataError
from gosales.data.contract_check import Breach
from gosales.data.line_exclusions import EXCLUDED
from gosales.data.line_tally import TALLY
from gosales.data.quarantine import set_aside, write_aside
from gosales.data.staging import StagedTable, identifier
from gosales.data.violations import Violations

_MODES: Final = ("strict", "lenient")
_SHOWN: Final = 6


@dataclass(frozen=True)
class Contract:
    """What happens to rows that break a rule.

    Parameters
    ----------
    mode : {"strict", "lenient"}, default "strict"
        ``strict``: any breach is an error and nothing is written but the list of violations.
        ``lenient``: breaching rows are set aside in a file and in the reconciliation.
    max_row_share : float, default 0
        Largest share of a table's rows that may be set aside, in [0, 1].
    max_money_share : float, default 0
        Largest share of the lines' absolute gross profit (revenue where there is none).
    listed_rows : int, default 1000
        Rows listed per rule; their number is told in full.

    Raises
    ------
    ConfigError
        If the mode is unknown or a share lies outside [0, 1].

    Examples
    --------
    >>> Contract("lenient", max_row_share=0.01).mode
    'lenient'
    """

    mode: str = "strict"
    max_row_share: float = 0.0
    max_money_share: float = 0.0
    listed_rows: int = 1000

    def __post_init__(self) -> None:
        wrong = [] if self.mode in _MODES else [f"mode={self.mode}"]
        for name in ("max_row_share", "max_money_share"):
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or not 0 <= value <= 1 or math.isnan(value):
                wrong.append(f"{name}={value}")
        if not isinstance(self.listed_rows, int) or self.listed_rows < 1:
            wrong.append(f"listed_rows={self.listed_rows}")
        if wrong:
            raise ConfigError(
                "the contract is declared wrongly",
                got=", ".join(wrong),
                allowed=f"mode {' or '.join(_MODES)}, shares in [0, 1], listed_rows of 1 or more",
                remedy="choose contract=strict or contract=lenient, or mend its values",
                reason_code="bad_contract",
            )

    def enforce(
        self,
        connection: duckdb.DuckDBPyConnection,
        tables: Mapping[str, StagedTable],
        files: Mapping[str, Sequence[Path]],
        breaches: Sequence[Breach],
        violations: Violations,
    ) -> dict[str, int]:
        """Refuse the log or set its breaching rows aside.

        Parameters
        ----------
        connection : duckdb connection
            Holds the staged views and the tables ``tally``, ``places`` and ``excluded``.
        tables : mapping of str to StagedTable
            What was staged.
        files : mapping of str to sequence of pathlib.Path
            The raw files of each table.
        breaches : sequence of Breach
            All that were found; only those of rules that refuse count.
        violations : Violations
            Where their rows are listed.

        Returns
        -------
        dict of str to int
            Rows set aside per table; empty when nothing is broken.

        Raises
        ------
        DataError
            Naming tables, columns, counts and remedies of all breaches at once: in strict mode,
            for a breach that no row can be blamed for, or beyond the bounds.
        """
        violations.write(connection, breaches, self.listed_rows)
        refused = [b for b in breaches if b.rule.refuses]
        if refused and (self.mode == "strict" or any(not b.rule.breach for b in refused)):
            raise _refused(refused, violations)
        aside: dict[str, int] = {}
        for name, table in tables.items():
            own = [b for b in refused if b.rule.table == name]
            if own:
                aside[name] = set_aside(connection, table, own)
        self._check_bounds(connection, aside, violations)
        for name in aside:
            write_aside(connection, name, files[name], violations.quarantined(name))
        return aside

    def _check_bounds(
        self,
        connection: duckdb.DuckDBPyConnection,
        aside: Mapping[str, int],
        violations: Violations,
    ) -> None:
        beyond = []
        for name, n in aside.items():
            whole = _number(connection, f"COUNT(*) FROM {identifier(f'whole_{name}')}")
            if n > self.max_row_share * whole:
                beyond.append(
                    f"{n:,} of {whole:,.0f} rows of {name} "
                    f"({n / whole:.2%}, at most {self.max_row_share:.2%})"
                )
        money = _number(connection, f"SUM(size) FROM {EXCLUDED}")
        whole = _number(connection, f"SUM(size) FROM {TALLY}")
        if money > self.max_money_share * whole:
            beyond.append(
                f"{money:,.2f} of {whole:,.2f} in absolute gross profit or revenue "
                f"({money / whole:.2%}, at most {self.max_money_share:.2%})"
            )
        if beyond:
            raise DataError(
                "more of the log breaks its contract than may be set aside",
                got="; ".join(beyond),
                allowed="the bounds of contract.max_row_share and contract.max_money_share",
                remedy=f"mend the rows listed in {violations.rows}: so many are no accident",
                reason_code="quarantine_too_large",
            )


def _refused(breaches: Sequence[Breach], violations: Violations) -> DataError:
    said = [b.rule.said(b.rows) for b in breaches]
    more = f" and {len(said) - _SHOWN} more rules" if len(said) > _SHOWN else ""
    return DataError(
        "the log breaks its contract",
        got="; ".join(said[:_SHOWN]) + more,
        allowed="the types and keys of the README's table",
        remedy=f"mend the rows listed in {violations.rows}",
        reason_code="contract_breach",
    )


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    ((found,),) = connection.execute(f"SELECT {query}").fetchall()
    return float(found or 0)
