"""A candidate trained to be audited, and registered nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gosales.gauntlet.report import GauntletReport
from gosales.models.fitted_model import FittedModel
from gosales.registry.evidence import REPORT_FILE
from gosales.registry.promotion import PromotionDesk
from gosales.tracking.tracker import RunHandle

BUNDLE: Final = "bundle"


@dataclass(frozen=True)
class FreshCandidate:
    """A trained candidate that has no version; see `AuditSubject`.

    Parameters
    ----------
    run_id : str
        The training run, which keeps its bundle.
    tags : mapping of str to str
        Of that run.

    Notes
    -----
    Its audit leaves a report and no evidence: evidence is about a version, and there is none.
    """

    run_id: str
    tags: Mapping[str, str]

    @property
    def title(self) -> str:
        """Its run: it has no number."""
        return f"the fresh candidate of run {self.run_id}"

    @property
    def mark(self) -> str:
        """That it is one."""
        return "fresh"

    @property
    def key(self) -> tuple[str, ...]:
        """Its run."""
        return (self.mark, self.run_id)

    @property
    def facts(self) -> dict[str, str]:
        """None: it has no number."""
        return {}

    def model(self, desk: PromotionDesk, at: Path) -> FittedModel:
        """The model of the bundle in its run."""
        return desk.read(desk.models.download(self.run_id, BUNDLE, at))[0]

    def stands(self, run_id: str) -> bool:
        """Always: nothing was bound to it that could have been rebound."""
        return True

    def conclude(
        self, desk: PromotionDesk, run: RunHandle, report: GauntletReport, card: str
    ) -> None:
        """Log the report."""
        run.log_text(report.to_json(), REPORT_FILE)

    def notes(self, target: str) -> tuple[str, ...]:
        """That nothing can be promoted from it, and what to do instead."""
        return (
            "not registered: nothing can be promoted from a fresh candidate; `gosales train` with "
            "the same words registers the same, and its audit takes these findings",
        )

    def next_command(self, target: str) -> str:
        """Training it again, as a version."""
        return f"gosales train division={target}"
