"""The features command: the matrix as of a cutoff, and the catalog of its columns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig

from gosales.core.progress import Progress
from gosales.features.cache_use import CacheUse
from gosales.features.catalog import catalog
from gosales.features.panel import Panel
from gosales.pipelines.assembly import Assembly
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.label_evidence import LABEL_AUDIT
from gosales.pipelines.label_table import label_table
from gosales.pipelines.label_window import label_window
from gosales.pipelines.labelled_parquet import labelled_parquet
from gosales.pipelines.summary import Summary
from gosales.pipelines.table_file import out_path, write_table
from gosales.pipelines.workspace import Workspace
from gosales.reporting.catalog_table import CatalogTable
from gosales.reporting.label_summary import (
    LABEL_COLUMNS,
    LABEL_LEGEND,
    label_remarks,
    label_summary,
)


@dataclass(frozen=True)
class Featured:
    """A panel as of one cutoff.

    Parameters
    ----------
    panel : Panel
        Rows and features.
    catalog : pandas.DataFrame
        Every declared column.
    cache : tuple of CacheUse
        What was computed, what reused, and why.
    path : pathlib.Path
        The matrix.
    show_catalog : bool
        Whether the summary is the catalog.
    labels : pandas.DataFrame, optional
        The audit of labels, when it was asked for; then the summary is this.
    """

    panel: Panel
    catalog: pd.DataFrame
    cache: tuple[CacheUse, ...]
    path: Path
    show_catalog: bool
    labels: pd.DataFrame | None = None

    def summary(self) -> Summary:
        """The labels, the catalog, or what was computed and reused."""
        train = f"gosales train division={self.panel.target}"
        if self.labels is not None:
            return Summary(
                title=f"labels of {self.panel.target}, in "
                f"{self.panel.label['horizon_months']} months",
                columns=LABEL_COLUMNS,
                rows=label_summary(self.labels),
                notes=(
                    LABEL_LEGEND,
                    *label_remarks(self.labels),
                    f"every count: {self.path.with_suffix('.' + LABEL_AUDIT)}",
                ),
                next_command=train,
            )
        files = (f"catalog: {self.catalog_path}", f"matrix: {self.path}")
        if self.show_catalog:
            table = CatalogTable.of(self.catalog)
            return Summary(
                title=self._title(),
                columns=table.COLUMNS,
                rows=table.rows,
                notes=(
                    "cover: accounts with a value; SAFE:",
                    *table.reasons,
                    *self._uses(),
                    *files,
                ),
                next_command=train,
            )
        return Summary(
            title=self._title(),
            columns=("part", "computed", "reused", "why"),
            rows=tuple((u.part, str(u.computed), str(u.reused), u.why) for u in self.cache),
            notes=("counted in tables: one per cutoff, and per target where it matters", *files),
            next_command=train,
        )

    @property
    def catalog_path(self) -> Path:
        """The catalog, beside the matrix."""
        return self.path.with_suffix(".catalog.csv")

    def _title(self) -> str:
        kept = self.catalog[self.catalog["safe_decision"] == "keep"]
        return (
            f"{self.panel.target} as of {', '.join(map(str, self.panel.cutoffs))}: "
            f"{len(self.panel):,} accounts, {len(kept)} of {len(self.catalog)} columns kept"
        )

    def _uses(self) -> tuple[str, ...]:
        """One line per reason: which parts were computed, which reused."""
        parts: dict[tuple[str, str], list[str]] = {}
        for use in self.cache:
            done = "computed" if use.computed else "reused"
            parts.setdefault((done, use.why), []).append(use.part)
        return tuple(f"{done}, {why}: {', '.join(names)}" for (done, why), names in parts.items())


def run(cfg: DictConfig, progress: Progress) -> Featured:
    """Run the command."""
    named = None if cfg.out is None else out_path(cfg.out)
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    star = ingest_star(cfg, space, progress).star
    declared = Assembly.of(cfg, star, space)
    window = label_window(declared, progress)
    if window.sentence:
        progress.say(window.sentence)
    parts = declared.with_label(window.label)
    target, cutoff = parts.target, window.cutoff
    panel = parts.builder.build(star, [target], [cutoff], progress)[target.key]
    table, uses = catalog(panel, parts.builder.decisions), tuple(parts.builder.report)
    default = space.outputs / target.key / f"panel_{cutoff}.parquet"
    path = named or default
    write_table(labelled_parquet(pd.concat([panel.rows, panel.X], axis=1), panel.label), path)
    labels = label_table(declared, window, progress).table if cfg.labels else None
    if labels is not None:
        labels.to_csv(path.with_suffix("." + LABEL_AUDIT), index=False)
    done = Featured(panel, table, uses, path, bool(cfg.catalog), labels)
    table.to_csv(done.catalog_path, index=False)
    return done
