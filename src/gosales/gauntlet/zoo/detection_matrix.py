"""Which check catches which leak how often, and what it says where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from gosales.gauntlet.finding import Outcome, Subject
from gosales.gauntlet.zoo.cell import AuditedCell
from gosales.gauntlet.zoo.rate import Rate
from gosales.gauntlet.zoo.strength import Strength
from gosales.gauntlet.zoo.targets import Targets

ANY = "any gating check"
_VERDICTS = ("leak FAIL", "quality FAIL", "ERROR", "INCONCLUSIVE")
Row = tuple[str, Strength]


@dataclass(frozen=True)
class DetectionMatrix:
    """Detection rates by leak, strength and check; false alarms on clean worlds and twins.

    Parameters
    ----------
    checks, rules : tuple of str
        Columns: gating checks, and earlier rules for comparison.
    detected : mapping of (leak, strength) to mapping of str to Rate
        Share of the row's cells in which the check failed; `ANY` for some gating check about
        leaks. A check that did not run in any cell of the row has no trials.
    alarms : mapping of Strength to mapping of str to Rate
        For CLEAN and TWIN: the same per check and rule, where every failure is a false alarm.
    verdicts : mapping of Strength to mapping of str to Rate
        For CLEAN and TWIN: a leak found, a quality fault found, a crash, and no answer; a cell
        may count in several.
    errors : tuple of str
        Cells in which a check crashed.
    degenerate : tuple of str
        Cells that could not carry a model; they count nowhere.
    """

    checks: tuple[str, ...]
    rules: tuple[str, ...]
    detected: Mapping[Row, Mapping[str, Rate]]
    alarms: Mapping[Strength, Mapping[str, Rate]]
    verdicts: Mapping[Strength, Mapping[str, Rate]]
    errors: tuple[str, ...]
    degenerate: tuple[str, ...]

    @classmethod
    def of(cls, cells: Sequence[AuditedCell], checks: Sequence[str], rules: Sequence[str]) -> Self:
        """Count.

        Parameters
        ----------
        cells : sequence of AuditedCell
            All of them, of leaks, twins and clean worlds.
        checks, rules : sequence of str
            Columns, in order.
        """
        sound = [c for c in cells if not c.degenerate]
        rows: dict[Row, list[AuditedCell]] = {}
        for cell in cells:
            # A row of which every world was degenerate stays, without trials.
            found = rows.setdefault((cell.cell.leak, cell.cell.strength), [])
            found += [] if cell.degenerate else [cell]
        honest = {
            s: [c for c in sound if c.cell.strength is s] for s in (Strength.CLEAN, Strength.TWIN)
        }
        return cls(
            checks=tuple(checks),
            rules=tuple(rules),
            detected={
                row: _rates(kept, checks, rules)
                for row, kept in rows.items()
                if row[1] is not Strength.CLEAN
            },
            alarms={s: _rates(kept, checks, rules) for s, kept in honest.items()},
            verdicts={s: _verdicts(kept) for s, kept in honest.items()},
            errors=tuple(line for cell in sound for line in _errors(cell)),
            degenerate=tuple(f"{_place(c)}: {c.degenerate}" for c in cells if c.degenerate),
        )

    def misses(self, targets: Targets) -> tuple[str, ...]:
        """What falls short, one line each; empty when all targets are met.

        Notes
        -----
        A leak without a single cell, and no clean world at all, are misses too: what was not
        measured is not met. So is a check that crashed.
        """
        return tuple(self._misses(targets))

    def _misses(self, targets: Targets) -> Iterator[str]:
        least = {Strength.STRONG: targets.strong, Strength.WEAK: targets.weak}
        for (leak, strength), rates in self.detected.items():
            rate, wanted = rates[ANY], least.get(strength)
            if wanted is not None and (rate.share is None or rate.share < wanted):
                yield f"{leak}, {strength}: {rate}, wanted {wanted:.0%}"
        for strength, verdicts in self.verdicts.items():
            rate = verdicts["leak FAIL"]
            missing = rate.share is None and strength is Strength.CLEAN
            if missing or (rate.share is not None and rate.share > targets.clean):
                yield f"leak FAIL on {strength} worlds: {rate}, wanted at most {targets.clean:.0%}"
        yield from (f"crashed: {line}" for line in self.errors)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "checks": list(self.checks),
            "rules": list(self.rules),
            "detected": [
                {"leak": leak, "strength": str(s), "rates": _plain(rates)}
                for (leak, s), rates in self.detected.items()
            ],
            "alarms": {str(s): _plain(rates) for s, rates in self.alarms.items()},
            "verdicts": {str(s): _plain(rates) for s, rates in self.verdicts.items()},
            "errors": list(self.errors),
            "degenerate": list(self.degenerate),
        }


def _plain(rates: Mapping[str, Rate]) -> dict[str, Any]:
    return {name: rate.to_json() for name, rate in rates.items()}


def _rates(
    cells: Sequence[AuditedCell], checks: Sequence[str], rules: Sequence[str]
) -> dict[str, Rate]:
    found = {
        name: Rate.of(
            said[name].outcome is Outcome.FAIL
            for said in (getattr(c, kind) for c in cells)
            if name in said
        )
        for kind, names in (("checks", checks), ("rules", rules))
        for name in names
    }
    return {**found, ANY: Rate.of(c.failed(Subject.LEAK) for c in cells)}


def _verdicts(cells: Sequence[AuditedCell]) -> dict[str, Rate]:
    counted = (
        [c.failed(Subject.LEAK) for c in cells],
        [c.failed(Subject.QUALITY) for c in cells],
        [c.has(Outcome.ERROR) for c in cells],
        [c.has(Outcome.INCONCLUSIVE) for c in cells],
    )
    return {name: Rate.of(flags) for name, flags in zip(_VERDICTS, counted, strict=True)}


def _place(cell: AuditedCell) -> str:
    return f"{cell.cell.leak or 'world'} {cell.cell.strength} seed {cell.cell.seed}"


def _errors(cell: AuditedCell) -> Iterator[str]:
    for name, said in {**cell.checks, **cell.rules}.items():
        if said.outcome is Outcome.ERROR:
            yield f"{_place(cell)}: {name}: {said.reason}"
