"""Segments of every division in one table: the newest validation of each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from gosales.pipelines.table_file import write_table
from gosales.pipelines.validation_files import SEGMENTS
from gosales.pipelines.workspace import Workspace
from gosales.tracking.mlflow_tracker import MlflowTracker
from gosales.tracking.run_search import search_runs

COMBINED: Final = "segments_all_divisions.csv"
_DIVISION: Final = "division"


def write_segment_summary(
    tracker: MlflowTracker,
    segments: pd.DataFrame,
    run_id: str,
    division: str,
    space: Workspace,
    folder: Path,
) -> Path | None:
    """Write this division's segments beside those of the others, into the run and the outputs.

    Parameters
    ----------
    tracker : MlflowTracker
        Where the others are.
    segments : pandas.DataFrame
        From `SegmentTable.table`, of the running validation; may be empty.
    run_id : str
        The running validation.
    division : str
        Key of its target.
    space : Workspace
        Outputs and scratch space.
    folder : pathlib.Path
        The run's files.

    Returns
    -------
    pathlib.Path or None
        The table under the outputs; None when no division has any segments.
    """
    parts = {division: segments.assign(division=division, run_id=run_id)} if len(segments) else {}
    for run in search_runs(tracker, {"kind": "validate"}, finished=True):
        key = run.data.tags.get(_DIVISION, "")
        # A censored validation has no segments; the one before it speaks for its division.
        if key and key not in parts and run.data.tags.get("guard.censored") is None:
            with space.scratch("segments") as scratch:
                path = tracker.download(run.info.run_id, SEGMENTS, scratch)
                parts[key] = pd.read_csv(path).assign(division=key, run_id=run.info.run_id)
    if not parts:
        return None
    table = pd.concat([parts[key] for key in sorted(parts)], ignore_index=True)
    head = [_DIVISION, "run_id"]
    table = table[[*head, *(c for c in table if c not in head)]]
    table.to_csv(folder / COMBINED, index=False)
    if len(segments):
        write_table(segments, space.outputs / division / SEGMENTS)
    write_table(table, space.outputs / COMBINED)
    return space.outputs / COMBINED
