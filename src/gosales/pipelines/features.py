"""The features command: the matrix as of a cutoff, and the catalog of its columns."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig

from gosales.core.progress import Progress
from gosales.features.catalog import catalog
from gosales.features.panel import Panel
from gosales.pipelines.assembly import Assembly
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.label_table import LABEL_AUDIT, label_table
from gosales.pipelines.label_window import label_window
from gosales.pipelines.labelled_parquet import labelled_parquet
from gosales.pipelines.summary import Summary
from gosales.pipelines.table_file import out_path, write_table
from gosales.pipelines.workspace import Workspace
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
    cache : tuple of str
        What was computed and what reused.
    path : pathlib.Path
        The matrix.
    show_catalog : bool
        Whether the summary is the catalog.
    labels : pandas.DataFrame, optional
        The audit of labels, when it was asked for; then the summary is this.
    """

    panel: Panel
    catalog: pd.DataFrame
    cache: tuple[str, ...]
    path: Path
    show_catalog: bool
    labels: pd.DataFrame | None = None

    def summary(self) -> Summary:
        """The labels, the catalog, or counts."""
        kept = self.catalog[self.catalog["safe_decision"] == "keep"]
        title = (
            f"{self.panel.target} as of {', '.join(map(str, self.panel.cutoffs))}: "
            f"{len(self.panel):,} accounts, {len(kept)} of {len(self.catalog)} columns kept"
        )
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
                next_command=f"gosales train division={self.panel.target}",
            )
        if not self.show_catalog:
            return Summary(
                title=title,
                notes=(*self.cache, f"matrix: {self.path}"),
                next_command=f"gosales train division={self.panel.target}",
            )
        rows = tuple(_line(row) for row in self.catalog.to_dict("records"))
        return Summary(
            title=title,
            columns=("column", "window", "coverage", "sign", "SAFE", "meaning"),
            rows=rows,
            notes=(*self.cache, f"matrix: {self.path}"),
            next_command=f"gosales train division={self.panel.target}",
        )


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
    table = catalog(panel, parts.builder.decisions)
    default = space.outputs / target.key / f"panel_{cutoff}.parquet"
    path = named or default
    write_table(labelled_parquet(pd.concat([panel.rows, panel.X], axis=1), panel.label), path)
    table.to_csv(path.with_suffix(".catalog.csv"), index=False)
    cache = tuple(_cache_lines(parts))
    labels = label_table(declared, window, progress) if cfg.labels else None
    if labels is not None:
        labels.to_csv(path.with_suffix("." + LABEL_AUDIT), index=False)
    return Featured(panel, table, cache, path, bool(cfg.catalog), labels)


def _cache_lines(parts: Assembly) -> list[str]:
    return [str(line) for line in parts.builder.report]


def _line(row: dict[Hashable, Any]) -> tuple[str, ...]:
    coverage = row["coverage"]
    return (
        str(row["name"]),
        str(row["window"]),
        "–" if coverage is None or coverage != coverage else f"{coverage:.0%}",
        {1: "+", -1: "-"}.get(int(row["monotone"]), ""),
        str(row["safe_decision"]),
        str(row["description"]),
    )
