"""A log opened: its candidates, and the panels of all divisions in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hydra import compose, initialize_config_dir
from logs import Log
from omegaconf import DictConfig

from gosales.core.progress import SilentProgress
from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.evaluation.standard_candidate import StandardCandidate
from gosales.features.panel import Panel
from gosales.labels.target import Target
from gosales.pipelines.assembly import Assembly, make
from gosales.pipelines.conf_files import conf_root
from gosales.pipelines.division_choice import choose_divisions
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.workspace import Workspace

# Population and whitespace of BASELINE.md, so that all sides rank the same rows.
SAME_ROWS = ("population.warm_months=12", "incumbency.owner_months=12")


@dataclass
class OpenLog:
    """One log at one cutoff, under one or more compositions of the model.

    Parameters
    ----------
    log : Log
        Which.
    star : Star
        Its data.
    parts : dict of str to Assembly
        By the name of the composition; they differ in the model alone.
    cutoff : Cutoff
        Where the forward rows stand.
    targets : list of Target
        Every division.
    """

    log: Log
    star: Star
    parts: dict[str, Assembly]
    cutoff: Cutoff
    targets: list[Target]

    @classmethod
    def of(
        cls, log: Log, compositions: Mapping[str, Sequence[str]], work: Path, cutoff: str = ""
    ) -> OpenLog:
        """Compose, ingest, and find the divisions.

        Parameters
        ----------
        log : Log
            Which.
        compositions : mapping of str to sequence of str
            Name to overrides, for example ``{"blend": ["estimator=blend"]}``.
        work : pathlib.Path
            Where star and feature cache lie.
        cutoff : str, optional
            Another day than the log's own.
        """
        at = cutoff or log.cutoff
        with initialize_config_dir(str(conf_root()), version_base="1.3"):
            base = [f"data={log.name}", "cutoff=any", f"cutoff.date={at}", *log.overrides]
            cfgs: dict[str, DictConfig] = {
                name: compose("train", [*base, *SAME_ROWS, *words])
                for name, words in compositions.items()
            }
        first = next(iter(cfgs.values()))
        space = Workspace.make(str(work / "work"), str(work / "out"))
        star = ingest_star(first, space, SilentProgress()).star
        one = Assembly.of(first, star, space)
        targets = [make(node) for _, node in choose_divisions(["all"], star, one.engine)]
        parts = {name: replace(one, cfg=cfg) for name, cfg in cfgs.items()}
        return cls(log, star, parts, one.cutoff(), targets)

    def candidate(self, name: str, target: Target) -> StandardCandidate:
        """The candidate of one composition and one division."""
        return self.parts[name].candidate(target, self.cutoff)

    @property
    def train_at(self) -> tuple[Cutoff, ...]:
        """The training cutoffs, earliest first."""
        return self.candidate(next(iter(self.parts)), self.targets[0]).training_cutoffs(self.star)

    def panels(self, cutoffs: Sequence[Cutoff]) -> dict[str, Panel]:
        """Panels of all divisions, by key of the target."""
        builder = next(iter(self.parts.values())).builder
        return builder.build(self.star, self.targets, list(cutoffs))
