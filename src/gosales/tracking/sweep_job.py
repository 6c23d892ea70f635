"""What became of one job of a sweep, written on the sweep's parent run."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Final

from gosales.tracking.failures import as_tracking_error
from gosales.tracking.mlflow_run import MlflowRun
from gosales.tracking.mlflow_tracker import JOB_TAG, PARENT_ENV, MlflowTracker

_PREFIX: Final = "job."
# A tag holds 5,000 characters and must stay whole, because it is read back.
_MAX_TEXT: Final = 1500


@dataclass(frozen=True)
class SweepJob:
    """One job, as the process that ran it saw it end.

    Parameters
    ----------
    number : int
        Hydra's number of the job, from 0.
    overrides : str
        The job's own overrides, separated by blanks.
    exit_code : int
        What the command would have ended with alone.
    seconds : float
        Wall time of the job, also when an equal run was reused.
    run_id : str
        Run that holds the result; empty when the job did not say.
    reused : bool
        Whether that run was finished before the sweep began.

    Notes
    -----
    It is a tag of the parent, one per job, so that jobs of several processes or hosts never
    write the same thing, and a job whose process died simply has none.
    """

    number: int
    overrides: str
    exit_code: int = 0
    seconds: float = 0.0
    run_id: str = ""
    reused: bool = False

    def record(self, tracker: MlflowTracker, parent_id: str) -> None:
        """Write it on the parent."""
        short = replace(self, overrides=self.overrides[:_MAX_TEXT])
        tags = {f"{_PREFIX}{self.number}": json.dumps(asdict(short), ensure_ascii=False)}
        MlflowRun(tracker.client, parent_id).set_tags(tags)

    def show_failure(
        self, tracker: MlflowTracker, kind: str, tags: Mapping[str, str], error: Exception
    ) -> None:
        """Make sure that the failure has a run: open one that FAILED, if the job opened none.

        Parameters
        ----------
        tracker : MlflowTracker
            The store.
        kind : str
            What was swept.
        tags : mapping
            Of the run.
        error : Exception
            What ended the job.
        """
        parent = os.environ[PARENT_ENV]
        condition = f"tags.mlflow.parentRunId = '{parent}' and tags.`{JOB_TAG}` = '{self.number}'"
        with as_tracking_error(tracker.store.experiment):
            if tracker.client.search_runs([tracker.experiment_id], condition, max_results=1):
                return
        with suppress(type(error)), tracker.start_run(self.overrides or kind, kind, tags, parent):
            raise error


def recorded_jobs(tags: Mapping[str, str]) -> list[SweepJob]:
    """The jobs written on a parent, by number.

    Parameters
    ----------
    tags : mapping
        Tags of the parent run.

    Examples
    --------
    >>> tags = {"job.0": '{"number": 0, "overrides": "seed=1"}', "kind": "sweep"}
    >>> [job.overrides for job in recorded_jobs(tags)]
    ['seed=1']
    """
    found = [
        SweepJob(**json.loads(value))
        for name, value in tags.items()
        if name.startswith(_PREFIX) and name.removeprefix(_PREFIX).isdigit()
    ]
    return sorted(found, key=lambda job: job.number)
