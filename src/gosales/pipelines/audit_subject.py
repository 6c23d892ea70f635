"""What an audit may be about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from gosales.gauntlet.report import GauntletReport
from gosales.models.fitted_model import FittedModel
from gosales.registry.promotion import PromotionDesk
from gosales.tracking.tracker import RunHandle


class AuditSubject(Protocol):
    """A trained candidate, in the registry or not: where its model is and what its audit opens."""

    @property
    def run_id(self) -> str:
        """The training run."""

    @property
    def tags(self) -> Mapping[str, str]:
        """Among them whether it is a model or a heuristic."""

    @property
    def title(self) -> str:
        """What it is called in a sentence."""

    @property
    def mark(self) -> str:
        """What it is called in the name of a run."""

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from every other."""

    @property
    def facts(self) -> dict[str, str]:
        """Tags of its audit's run."""

    def model(self, desk: PromotionDesk, at: Path) -> FittedModel:
        """The model, read from the files that were kept, into an empty directory."""

    def stands(self, run_id: str) -> bool:
        """Whether a finished audit is still the last word on it."""

    def conclude(
        self, desk: PromotionDesk, run: RunHandle, report: GauntletReport, card: str
    ) -> None:
        """Keep the report in the audit's run, and bind it to whatever it may open."""

    def notes(self, target: str) -> tuple[str, ...]:
        """What the reader of the verdict has to know."""

    def next_command(self, target: str) -> str:
        """What a PASS opens."""
