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
from gosales.pipelines.summary import Summary
from gosales.pipelines.table_file import out_path, write_table
from gosales.pipelines.workspace import Workspace


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
    """

    panel: Panel
    catalog: pd.DataFrame
    cache: tuple[str, ...]
    path: Path
    show_catalog: bool

    def summary(self) -> Summary:
        """The catalog, or counts."""
        kept = self.catalog[self.catalog["safe_decision"] == "keep"]
        title = (
            f"{self.panel.target} as of {', '.join(map(str, self.panel.cutoffs))}: "
            f"{len(self.panel):,} accounts, {len(kept)} of {len(self.catalog)} columns kept"
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
    parts = Assembly.of(cfg, star, space)
    target, cutoff = parts.target, parts.cutoff()
    panel = parts.builder.build(star, [target], [cutoff], progress)[target.key]
    table = catalog(panel, parts.builder.decisions)
    default = space.outputs / target.key / f"panel_{cutoff}.parquet"
    path = named or default
    write_table(pd.concat([panel.rows, panel.X], axis=1), path)
    table.to_csv(path.with_suffix(".catalog.csv"), index=False)
    return Featured(panel, table, tuple(_cache_lines(parts)), path, bool(cfg.catalog))


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
