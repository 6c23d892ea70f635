"""Runs as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd

from gosales.tracking.failures import as_tracking_error
from gosales.tracking.mlflow_tracker import MlflowTracker

_TAGS: Final = ("kind", "division", "cutoff", "safe_mode", "estimator", "outcome", "version")
_MS: Final = 1000.0


def tabulate(runs: Iterable[Any]) -> pd.DataFrame:
    """One row per run.

    Parameters
    ----------
    runs : iterable of mlflow Run

    Returns
    -------
    pandas.DataFrame
        Columns run_id, name, status, started (UTC text), seconds, kind, division, cutoff,
        safe_mode, estimator, outcome, version, then one column per metric, sorted by name, and
        ``error``.
    """
    rows = [_row(run) for run in runs]
    metrics = sorted({name for _, values, _ in rows for name in values})
    head = ["run_id", "name", "status", "started", "seconds", *_TAGS]
    records = [{**facts, **values, "error": error} for facts, values, error in rows]
    return pd.DataFrame(records, columns=[*head, *metrics, "error"])


def recent_runs(tracker: MlflowTracker, limit: int = 20, kind: str | None = None) -> pd.DataFrame:
    """The newest runs, newest first.

    Parameters
    ----------
    tracker : MlflowTracker
        The store.
    limit : int, default 20
        How many.
    kind : str, optional
        Only runs of this kind.
    """
    condition = f"tags.kind = '{kind}'" if kind else ""
    with as_tracking_error(tracker.store.experiment):
        found = tracker.client.search_runs(
            [tracker.experiment_id],
            condition,
            max_results=limit,
            order_by=["attributes.start_time DESC"],
        )
    return tabulate(found)


def _row(run: Any) -> tuple[dict[str, Any], dict[str, float], str]:
    info, tags = run.info, run.data.tags
    end = info.end_time
    seconds = None if end is None else round((end - info.start_time) / _MS, 1)
    started = pd.Timestamp(info.start_time, unit="ms").strftime("%Y-%m-%d %H:%M:%S")
    facts = {
        "run_id": info.run_id,
        "name": info.run_name,
        "status": info.status,
        "started": started,
        "seconds": seconds,
        **{name: tags.get(name, "") for name in _TAGS},
    }
    return facts, dict(run.data.metrics), tags.get("error", "")
