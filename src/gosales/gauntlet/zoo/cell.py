"""One cell of the self-test: a leak in a world, and what every check said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.zoo.strength import Strength


@dataclass(frozen=True)
class Cell:
    """What to plant, and where.

    Parameters
    ----------
    leak : str
        Name of the leak; empty in a clean world.
    strength : Strength
        How much of it.
    seed : int
        Of the world and of everything drawn in it.
    world : mapping of str to value
        Parameters of the world that differ from the configuration.
    """

    leak: str
    strength: Strength
    seed: int
    world: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """What one check said of a cell.

    Parameters
    ----------
    outcome : Outcome
        What was found.
    subject : Subject
        Leak or quality.
    seconds : float
        Wall time.
    reason : str
        In words.
    """

    outcome: Outcome
    subject: Subject
    seconds: float
    reason: str

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """From a finding."""
        return cls(finding.outcome, finding.subject, finding.seconds, finding.reason)


@dataclass(frozen=True)
class AuditedCell:
    """A cell with what the checks and the earlier rules said.

    Parameters
    ----------
    cell : Cell
        What was planted.
    checks : mapping of str to Said
        By name of the check, those that ran.
    rules : mapping of str to Said
        Earlier rules, for comparison; they gate nothing.
    seconds : float
        Wall time of the whole cell.
    degenerate : str
        Why the world could not carry a model; empty when it could. Such a cell counts nowhere.
    """

    cell: Cell
    checks: Mapping[str, Said]
    rules: Mapping[str, Said]
    seconds: float
    degenerate: str = ""

    def failed(self, subject: Subject) -> bool:
        """Whether a check about this subject failed; a crash is no finding."""
        return any(s.outcome is Outcome.FAIL and s.subject is subject for s in self.checks.values())

    def has(self, outcome: Outcome) -> bool:
        """Whether any check ended so."""
        return any(s.outcome is outcome for s in self.checks.values())

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        told = {
            kind: {n: [str(s.outcome), str(s.subject), s.seconds, s.reason] for n, s in m.items()}
            for kind, m in (("checks", self.checks), ("rules", self.rules))
        }
        cell = self.cell
        place = {"leak": cell.leak, "strength": str(cell.strength), "seed": cell.seed}
        more = {"seconds": self.seconds, "degenerate": self.degenerate}
        return {**place, "world": dict(cell.world), **told, **more}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Read back."""
        told = {
            kind: {
                n: Said(Outcome(o), Subject(s), float(t), str(r))
                for n, (o, s, t, r) in raw[kind].items()
            }
            for kind in ("checks", "rules")
        }
        cell = Cell(raw["leak"], Strength(raw["strength"]), int(raw["seed"]), raw["world"])
        return cls(cell, told["checks"], told["rules"], float(raw["seconds"]), raw["degenerate"])
