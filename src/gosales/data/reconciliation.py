"""Rows and money in against rows and money in the star, with every exclusion listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from gosales.core.errors import InternalError

IN: Final = "in"
EXCLUDED: Final = "excluded"
OUT: Final = "out"
_STAGES: Final = (IN, EXCLUDED, OUT)
_KEYS: Final = ("stage", "reason", "division", "year", "lines")


@dataclass(frozen=True)
class Entry:
    """Some lines of one division and year.

    Parameters
    ----------
    stage : {"in", "excluded", "out"}
        In the log, left out of the star, or in the star.
    reason : str
        Why left out; empty otherwise.
    division : str
        As the star has it: after mapping.
    year : int or None
        Of the order; None where the log's date is none.
    lines : int
        How many.
    money : mapping of str to Decimal
        Exact sum per measure.
    """

    stage: str
    reason: str
    division: str
    year: int | None
    lines: int
    money: Mapping[str, Decimal]


@dataclass(frozen=True)
class Reconciliation:
    """The books of one ingest.

    Parameters
    ----------
    measures : tuple of str
        Those the log has.
    entries : tuple of Entry
        Sorted by division, year, stage and reason.

    Examples
    --------
    >>> book = Reconciliation.of(["revenue"], [
    ...     Entry("in", "", "CAD", 2024, 3, {"revenue": Decimal("30.00")}),
    ...     Entry("excluded", "copy", "CAD", 2024, 1, {"revenue": Decimal("10.00")}),
    ...     Entry("out", "", "CAD", 2024, 2, {"revenue": Decimal("20.00")})])
    >>> book.require_balance()
    >>> [(r["division"], r["lines_in"], r["lines_out"], str(r["revenue_excluded"]))
    ...  for r in book.totals("division")]
    [('CAD', 3, 2, '10.00')]
    """

    measures: tuple[str, ...]
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, measures: Sequence[str], entries: Iterable[Entry]) -> Reconciliation:
        """The same in a fixed order."""
        ordered = sorted(
            entries,
            key=lambda e: (e.division, e.year is not None, e.year or 0, _STAGES.index(e.stage),
                           e.reason),
        )  # fmt: skip
        return cls(tuple(measures), tuple(ordered))

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Reconciliation:
        """What `plain` gave, read back."""
        measures = tuple(plain["measures"])
        entries = tuple(
            Entry(**{k: row[k] for k in _KEYS}, money={m: Decimal(row[m]) for m in measures})
            for row in plain["entries"]
        )
        return cls(measures, entries)

    def plain(self) -> dict[str, Any]:
        """Plain JSON values; money as text, so that no cent is lost."""
        rows = [
            {**{k: getattr(e, k) for k in _KEYS}, **{m: str(e.money[m]) for m in self.measures}}
            for e in self.entries
        ]
        return {"measures": list(self.measures), "entries": rows}

    def frame(self) -> pd.DataFrame:
        """One row per entry: stage, reason, division, year, lines and each measure (text)."""
        columns = [*_KEYS, *self.measures]
        frame = pd.DataFrame(self.plain()["entries"], columns=columns)
        return frame.astype({"year": "Int64"})

    def totals(self, by: str | None = None) -> list[dict[str, Any]]:
        """Lines and money in, excluded and out.

        Parameters
        ----------
        by : {"division", "year", "reason"}, optional
            A row per value; by default one row over all.

        Returns
        -------
        list of dict
            The key, ``lines_<stage>`` (int) and ``<measure>_<stage>`` (Decimal), sorted by key,
            a missing year last; by reason only what is excluded.
        """
        sums: dict[Any, dict[str, Any]] = {} if by else {None: self._nothing()}
        for entry in self.entries:
            if by == "reason" and entry.stage != EXCLUDED:
                continue
            key = None if by is None else getattr(entry, by)
            row = sums.setdefault(key, self._nothing())
            row[f"lines_{entry.stage}"] += entry.lines
            for measure in self.measures:
                row[f"{measure}_{entry.stage}"] += entry.money[measure]
        ordered = sorted(sums, key=lambda k: (k is None, k))
        return [({} if by is None else {by: key}) | sums[key] for key in ordered]

    def _nothing(self) -> dict[str, Any]:
        zero: dict[str, Any] = {f"lines_{stage}": 0 for stage in _STAGES}
        return zero | {f"{m}_{stage}": Decimal(0) for m in self.measures for stage in _STAGES}

    def require_balance(self) -> None:
        """Check that nothing was lost or made in any division and year.

        Raises
        ------
        InternalError
            Naming the divisions and years where in is not excluded and out.
        """
        places = dict.fromkeys((e.division, e.year) for e in self.entries)
        balance = {place: [Decimal(0)] * (1 + len(self.measures)) for place in places}
        for entry in self.entries:
            sign = 1 if entry.stage == IN else -1
            amounts = [Decimal(entry.lines), *(entry.money[m] for m in self.measures)]
            book = balance[entry.division, entry.year]
            for i, amount in enumerate(amounts):
                book[i] += sign * amount
        off = {place: book for place, book in balance.items() if any(book)}
        if off:
            names = ("lines", *self.measures)
            told = [
                f"{division} {year or 'without a date'}: "
                + ", ".join(f"{n} off by {d}" for n, d in zip(names, book, strict=True) if d)
                for (division, year), book in list(off.items())[:5]
            ]
            raise InternalError(
                "rows or money were lost or made between the log and the star",
                got="; ".join(told) + (f" and {len(off) - 5} more" if len(off) > 5 else ""),
                allowed="in = excluded + out, in every division and year, to the last digit",
                remedy="report this with the log's first lines",
                reason_code="reconciliation",
            )
