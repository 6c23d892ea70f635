"""A registered version under audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gosales.gauntlet.report import GauntletReport
from gosales.models.fitted_model import FittedModel
from gosales.registry.evidence_record import record_evidence
from gosales.registry.examination import open_package
from gosales.registry.gates import EVIDENCE_RUN
from gosales.registry.promotion import PromotionDesk
from gosales.tracking.model_registry import MlflowModelRegistry, ModelVersion
from gosales.tracking.tracker import RunHandle


@dataclass(frozen=True)
class RegisteredSubject:
    """A version whose audit is its evidence; see `AuditSubject`.

    Parameters
    ----------
    version : ModelVersion
        As the registry told it.
    """

    version: ModelVersion

    @property
    def run_id(self) -> str:
        """The training run."""
        return self.version.run_id

    @property
    def tags(self) -> Mapping[str, str]:
        """The version's."""
        return self.version.tags

    @property
    def title(self) -> str:
        """Name and number."""
        return f"{self.version.name} version {self.version.version}"

    @property
    def mark(self) -> str:
        """The number."""
        return f"v{self.version.version}"

    @property
    def key(self) -> tuple[str, ...]:
        """Name and number."""
        return (self.version.name, self.version.version)

    @property
    def facts(self) -> dict[str, str]:
        """The number."""
        return {"version": self.version.version}

    def model(self, desk: PromotionDesk, at: Path) -> FittedModel:
        """The model of the registered package."""
        version = self.version
        return open_package(desk.models, version.name, version.version, at, desk.read).model

    def stands(self, run_id: str) -> bool:
        """Whether the version's evidence is of this run."""
        return self.version.tags.get(EVIDENCE_RUN) == run_id

    def conclude(
        self, desk: PromotionDesk, run: RunHandle, report: GauntletReport, card: str
    ) -> None:
        """Bind report and version; show the audited card where the unaudited one stood."""
        name, number = self.key
        record_evidence(desk.models, run, name, number, report)
        if isinstance(desk.models, MlflowModelRegistry):
            desk.models.set_description(name, number, card)

    def notes(self, target: str) -> tuple[str, ...]:
        """Nothing: the verdict is the version's."""
        return ()

    def next_command(self, target: str) -> str:
        """Promotion."""
        return f"gosales promote division={target} version={self.version.version}"
