"""A star and how it came about."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from gosales.data.reconciliation import Reconciliation
from gosales.data.star import Star

_SHOWN: Final = 8
_MACHINE: Final = "files"  # paths of this machine: told to people, not part of the report


@dataclass(frozen=True)
class IngestResult:
    """A star and how it came about.

    Parameters
    ----------
    star : Star
        The sealed star.
    reused : bool
        Whether an unchanged input made work unnecessary.
    facts : dict
        Plain values. ``rows`` (in, out, dropped_copies) and ``money`` per measure (in and out,
        exact, as text); ``reconciliation``: the books by division and year; ``duplicates``: lines
        that are exact copies of another; ``unmapped``: SKUs the map does not know, largest first,
        with ``unmapped_share`` of gross profit, and lines and money of the largest in
        ``unmapped_skus``; ``ignored``: columns that nothing declares; ``repaired``: values per
        column whose mojibake was put right; ``left_out``: column pairs of a wide log that are no
        SKU of the map; ``accounts``: from other tables alone, and without any date; ``orphans``:
        rows of accounts that the account table does not have; ``others``: rows of the optional
        tables; ``contract``: its mode, the rules broken, rows set aside per table, and ``files``
        that list them.
    """

    star: Star
    reused: bool
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def reconciliation(self) -> Reconciliation:
        """The books."""
        return Reconciliation.from_plain(self.facts["reconciliation"])

    def report(self) -> dict[str, Any]:
        """Plain JSON values: the star's identity, totals by division, year and reason, and facts.

        Money is text, exact to the last digit.
        """
        book, manifest = self.reconciliation, self.star.manifest
        facts = {k: v for k, v in self.facts.items() if k not in ("reconciliation", "contract")}
        contract = {k: v for k, v in self.facts["contract"].items() if k != _MACHINE}
        return {
            "source": manifest.source,
            "data_digest": manifest.digest,
            "first_date": str(manifest.first_date),
            "last_date": str(manifest.last_date),
            "label_measure": manifest.label_measure,
            "contract": contract,
            "total": _plain(book.totals())[0],
            **{f"by_{key}": _plain(book.totals(key)) for key in ("division", "year", "reason")},
            **facts,
        }

    def write_report(self, folder: Path) -> None:
        """Write ``reconciliation.json`` (`report`) and ``reconciliation.csv`` (every entry)."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.report(), indent=2, ensure_ascii=False)
        (folder / "reconciliation.json").write_text(text + "\n", encoding="utf-8")
        self.reconciliation.frame().to_csv(folder / "reconciliation.csv", index=False)

    def notes(self) -> tuple[str, ...]:
        """The facts as lines for people."""
        f = self.facts
        lines = [f"{m}: in {v['in']}, out {v['out']}" for m, v in f.get("money", {}).items()]
        lines += self._excluded()
        if f.get("duplicates"):
            fate = "they are dropped" if f["rows"]["dropped_copies"] else "all are kept"
            lines.append(f"{f['duplicates']:,} lines are exact copies of another; {fate}")
        lines += self._contract()
        if f.get("unmapped"):
            lines.append(
                f"SKUs without a place in the map ({f['unmapped_share']:.1%} of gross profit): "
                + _listed([_sku(row) for row in f["unmapped_skus"]], len(f["unmapped"]))
            )
        if f.get("ignored"):
            lines.append(
                "columns that nothing declares are ignored: "
                + _listed(f["ignored"], len(f["ignored"]))
            )
        if f.get("repaired"):
            counts = [f"{column} {n:,}" for column, n in f["repaired"].items()]
            lines.append(f"values whose mojibake was put right: {_listed(counts, len(counts))}")
        lines += [f"accounts {what}: {n:,}" for what, n in f.get("accounts", {}).items() if n]
        lines += [
            f"{name}: {found['rows']:,} rows are of {found['accounts']:,} accounts that the "
            "account table does not have"
            for name, found in f.get("orphans", {}).items()
        ]
        return tuple(lines)

    def _excluded(self) -> list[str]:
        book = self.reconciliation
        return [
            f"left out, {row['reason']}: {row['lines_excluded']:,} lines"
            + "".join(f", {m} {row[f'{m}_excluded']}" for m in book.measures)
            for row in book.totals("reason")
        ]

    def _contract(self) -> list[str]:
        contract = self.facts.get("contract", {})
        lines = [
            f"look at {b['table']}.{b['column']}: {b['rows']:,} rows are not {b['rule']}"
            for b in contract.get("breaches", [])
            if not b["refuses"]
        ]
        lines += [
            f"set aside: {n:,} rows of {table}"
            for table, n in contract.get("quarantined", {}).items()
        ]
        return lines + [f"listed in {file}" for file in contract.get(_MACHINE, [])]


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: str(v) if isinstance(v, Decimal) else v for k, v in r.items()} for r in rows]


def _sku(row: dict[str, Any]) -> str:
    return f"{row['sku']} ({row['lines']:,} lines, {Decimal(row['money']):,.2f})"


def _listed(names: list[str], n: int) -> str:
    more = f" and {n - _SHOWN:,} more" if n > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
