"""Runs whose process is gone are ended, so that nothing runs for ever."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gosales.tracking.failures import as_tracking_error
from gosales.tracking.mlflow_run import MlflowRun
from gosales.tracking.mlflow_tracker import MlflowTracker
from gosales.tracking.process_tags import why_dead


@dataclass(frozen=True)
class Reconciled:
    """A run that was ended.

    Parameters
    ----------
    run_id : str
        The run.
    name : str
        Its name.
    reason : str
        Why it cannot be running.
    """

    run_id: str
    name: str
    reason: str


def _running(tracker: MlflowTracker) -> Iterator[Any]:
    token: str | None = None
    while True:
        page = tracker.client.search_runs(
            [tracker.experiment_id], "attributes.status = 'RUNNING'", page_token=token
        )
        yield from page
        token = page.token
        if not token:
            return


def reconcile(tracker: MlflowTracker) -> list[Reconciled]:
    """End every RUNNING run whose process is gone as KILLED.

    Parameters
    ----------
    tracker : MlflowTracker
        The store.

    Returns
    -------
    list of Reconciled
        What was ended; empty when every running run may still run.

    Notes
    -----
    A run of this host is dead when its process (pid and start time) is; a run of another host
    when its heartbeat is older than ten minutes.
    """
    ended = []
    now = time.time()
    with as_tracking_error(tracker.store.experiment):
        for run in list(_running(tracker)):
            reason = why_dead(run.data.tags, now)
            if reason is None:
                continue
            run_id = str(run.info.run_id)
            MlflowRun(tracker.client, run_id).set_tags({"error": f"reconciled: {reason}"})
            tracker.client.set_terminated(run_id, "KILLED")
            ended.append(Reconciled(run_id, str(run.info.run_name), reason))
    return ended
