"""The verify command: aliases and evidence against the record."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import DictConfig

from gosales.core.progress import Progress
from gosales.pipelines.approved_policy import approved_policy
from gosales.pipelines.registry_desk import desk_of
from gosales.pipelines.summary import Summary
from gosales.registry.verify import Verification, verify


@dataclass(frozen=True)
class Verified:
    """What was found about each registered model.

    Parameters
    ----------
    found : tuple of Verification
        One per registered model.
    """

    found: tuple[Verification, ...]

    def summary(self) -> Summary:
        """One row per model; closed when any has a problem."""
        bad = [v.name for v in self.found if not v.verified]
        return Summary(
            title=f"{len(self.found)} registered models, {len(bad)} with problems",
            columns=("model", "champion", "verdict"),
            rows=tuple((v.name, v.champion or "none", _verdict(v)) for v in self.found),
            notes=tuple(f"{v.name}: {p}" for v in self.found for p in (*v.problems, *v.notes)),
            next_command=self._next(bad),
            closed=f"problems with {', '.join(bad)}" if bad else "",
        )

    def _next(self, bad: list[str]) -> str:
        if bad:
            return "gosales rollback division=<division>"
        done = "score" if any(v.champion for v in self.found) else "promote"
        return f"gosales {done} division=<division>" if self.found else "gosales pipeline"


def _verdict(found: Verification) -> str:
    if not found.verified:
        return "PROBLEM"
    return "verified" if found.champion else "nothing to verify"


def run(cfg: DictConfig, progress: Progress) -> Verified:
    """Run the command: every registered model of the project."""
    desk = desk_of(cfg)
    policies = {kind: approved_policy(cfg, model_backed=kind).digest for kind in (True, False)}
    names = desk.models.names()
    progress.start("verify", len(names))
    found = []
    for name in names:
        found.append(verify(desk.models, name, policies[True], heuristic_policy=policies[False]))
        progress.advance()
    return Verified(tuple(found))
