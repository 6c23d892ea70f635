"""The runs command: what ran, and what died."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from omegaconf import DictConfig

from gosales.core.progress import Progress
from gosales.pipelines.registry_desk import tracker_of
from gosales.pipelines.summary import Summary
from gosales.tracking.reconcile import Reconciled, reconcile
from gosales.tracking.run_table import recent_runs

_SHOWN = ("name", "kind", "status", "seconds", "cv_auc", "forward_auc")


@dataclass(frozen=True)
class Runs:
    """The newest runs, and those ended just now.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per run.
    ended : tuple of Reconciled
        Runs of dead processes.
    """

    table: pd.DataFrame
    ended: tuple[Reconciled, ...]

    def summary(self) -> Summary:
        """The table in the columns that fit a terminal."""
        columns = tuple(c for c in _SHOWN if c in self.table)
        rows = tuple(
            tuple(_cell(value) for value in row)
            for row in self.table[list(columns)].itertuples(index=False)
        )
        return Summary(
            title=f"{len(self.table)} runs, newest first",
            columns=columns,
            rows=rows,
            notes=tuple(f"ended as KILLED: {e.name} ({e.reason})" for e in self.ended),
            next_command="gosales ui",
        )


def _cell(value: object) -> str:
    if value is None or value != value:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def run(cfg: DictConfig, progress: Progress) -> Runs:
    """Run the command."""
    tracker = tracker_of(cfg)
    ended = tuple(reconcile(tracker)) if cfg.reconcile else ()
    return Runs(recent_runs(tracker, int(cfg.limit)), ended)
