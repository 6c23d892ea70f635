"""The ingest command: from a sales log to a checked star."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from omegaconf import DictConfig

from gosales.core.progress import Progress
from gosales.core.slug import slug
from gosales.data.ingest import IngestResult, ingest
from gosales.pipelines.assembly import make
from gosales.pipelines.summary import Summary
from gosales.pipelines.workspace import Workspace


def ingest_star(cfg: DictConfig, space: Workspace, progress: Progress) -> IngestResult:
    """Ingest the configured source, or reuse the star of an unchanged one."""
    source, sku_map, contract = make(cfg.data), make(cfg.sku_map), make(cfg.contract)
    return ingest(source, sku_map, space.stars, progress, contract)


@dataclass(frozen=True)
class Ingested:
    """A star and what it took to make it.

    Parameters
    ----------
    result : IngestResult
        Star, reconciliation, duplicates, unmapped SKUs.
    report : pathlib.Path
        Folder of ``reconciliation.json`` and ``reconciliation.csv``.
    """

    result: IngestResult
    report: Path

    def summary(self) -> Summary:
        """The books in total, per division and per year; then what ought to be looked at."""
        manifest = self.result.star.manifest
        rows = ", ".join(f"{name} {n:,}" for name, n in manifest.rows.items())
        return Summary(
            title=f"{manifest.source}, {manifest.first_date} to {manifest.last_date}: "
            + ("star reused, nothing changed" if self.result.reused else "star written"),
            columns=self._columns(),
            rows=self._rows(),
            notes=(
                *self.result.notes(),
                f"labels sum {manifest.label_measure}; digest {manifest.digest[:16]}; {rows}",
                f"star: {self.result.star.path}",
                f"report: {self.report / 'reconciliation.csv'}",
            ),
            next_command="gosales pipeline divisions=[all]",
        )

    @property
    def _measure(self) -> str:
        # Gross profit is what the business counts; a log without it has another.
        return self.result.reconciliation.measures[0]

    def _columns(self) -> tuple[str, ...]:
        names = ("lines", self._measure.replace("_", " "))
        return ("", *(text for n in names for text in (f"{n} in", "left out", f"{n} out")))

    def _rows(self) -> tuple[tuple[str, ...], ...]:
        book = self.result.reconciliation
        rows = [("all", row) for row in book.totals()]
        for key in ("division", "year"):
            rows += [(str(row[key] or "no date"), row) for row in book.totals(key)]
        names = ("lines", self._measure)
        return tuple(
            (what, *(_number(row[f"{n}_{s}"]) for n in names for s in ("in", "excluded", "out")))
            for what, row in rows
        )


def _number(value: int | Decimal) -> str:
    return f"{value:,.2f}" if isinstance(value, Decimal) else f"{value:,}"


def run(cfg: DictConfig, progress: Progress) -> Ingested:
    """Run the command."""
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    result = ingest_star(cfg, space, progress)
    report = space.outputs / "ingest" / slug(result.star.manifest.source)
    result.write_report(report)
    return Ingested(result, report)
