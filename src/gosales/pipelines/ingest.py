"""The ingest command: from a sales log to a checked star."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import DictConfig

from gosales.core.progress import Progress
from gosales.data.ingest import IngestResult, ingest
from gosales.pipelines.assembly import make
from gosales.pipelines.summary import Summary
from gosales.pipelines.workspace import Workspace


def ingest_star(cfg: DictConfig, space: Workspace, progress: Progress) -> IngestResult:
    """Ingest the configured source, or reuse the star of an unchanged one."""
    return ingest(make(cfg.data), make(cfg.sku_map), space.stars, progress)


@dataclass(frozen=True)
class Ingested:
    """A star and what it took to make it.

    Parameters
    ----------
    result : IngestResult
        Star, reconciliation, duplicates, unmapped SKUs.
    """

    result: IngestResult

    def summary(self) -> Summary:
        """Rows, dates, digest, and rows and gross profit in against out."""
        manifest = self.result.star.manifest
        rows = tuple((name, f"{n:,}") for name, n in manifest.rows.items())
        facts = (
            ("source", manifest.source),
            ("dates", f"{manifest.first_date} to {manifest.last_date}"),
            ("digest", manifest.digest[:16]),
            ("label measure", manifest.label_measure),
        )
        return Summary(
            title="star reused: nothing changed" if self.result.reused else "star written",
            columns=("what", "value"),
            rows=facts + rows,
            notes=(*self.result.notes(), f"star: {self.result.star.path}"),
            next_command="gosales pipeline divisions=[all]",
        )


def run(cfg: DictConfig, progress: Progress) -> Ingested:
    """Run the command."""
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    return Ingested(ingest_star(cfg, space, progress))
