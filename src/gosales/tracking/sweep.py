"""A sweep is one parent run with a child per job; it ends with its worst child's status."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pandas as pd
from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf

from gosales.tracking.failures import as_tracking_error
from gosales.tracking.heartbeat import heartbeat
from gosales.tracking.mlflow_run import MlflowRun
from gosales.tracking.mlflow_tracker import JOB_TAG, PARENT_ENV, MlflowTracker
from gosales.tracking.process_tags import process_tags
from gosales.tracking.reconcile import reconcile
from gosales.tracking.redact import redact
from gosales.tracking.run_table import tabulate
from gosales.tracking.store import TrackingStore
from gosales.tracking.sweep_job import SweepJob, recorded_jobs

_RANK: Final = ("FINISHED", "KILLED", "FAILED")
_HIDDEN: Final = frozenset({"run_id", "started", "kind", "exit_code"})
# The parent's heartbeat, until the sweep is closed. Not in the callback: jobs pickle that.
_BEATING: Final = ExitStack()


class SweepCallback(Callback):  # type: ignore[misc]
    """Opens the parent run before Hydra launches the jobs of a sweep.

    Notes
    -----
    The store's schema is complete before any child process starts, and runs that a killed
    sweep left RUNNING are ended. Hydra calls ``on_multirun_end`` only when no job failed, so the
    command line closes the parent itself with `close_sweep`.
    """

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Bootstrap the store, open the parent run, export its id to the jobs."""
        tracker = MlflowTracker(store_of(config))
        reconcile(tracker)
        overrides = [str(o) for o in OmegaConf.select(config, "hydra.overrides.task") or []]
        parent = open_sweep(tracker, str(config.get("command", "")), overrides)
        _BEATING.enter_context(heartbeat(tracker.client, parent))
        os.environ[PARENT_ENV] = parent


def store_of(config: DictConfig) -> TrackingStore:
    """The store that a composed configuration names."""
    node = config.get("tracking") or {}
    known = {key: node[key] for key in ("uri", "artifacts", "experiment") if key in node}
    return TrackingStore(**known)


def open_sweep(tracker: MlflowTracker, command: str, overrides: Sequence[str]) -> str:
    """Open the parent run of a sweep; it stays RUNNING until `close_sweep`.

    Parameters
    ----------
    tracker : MlflowTracker
        The store.
    command : str
        What is swept, for example ``train``.
    overrides : sequence of str
        The command line's overrides; they name the run.

    Returns
    -------
    str
        Id of the parent run.
    """
    from mlflow.tracking.context.registry import resolve_tags

    # Words may name the environment, and reading them has put in what it holds.
    words = str(redact(" ".join(overrides)))
    name = f"sweep {command} {words}".strip()[:200]
    tags = {"kind": "sweep", "command": command, "overrides": words[:4000]}
    adopted = os.environ.pop("MLFLOW_RUN_ID", None)
    with as_tracking_error(tracker.store.experiment):
        if adopted:
            MlflowRun(tracker.client, adopted).set_tags({**tags, **process_tags()})
            return adopted
        run = tracker.client.create_run(
            tracker.experiment_id,
            tags=resolve_tags({**tags, **process_tags()}),
            run_name=name,
        )
    return str(run.info.run_id)


def close_sweep(
    parent_id: str,
    store: TrackingStore | None = None,
    *,
    failed: bool = False,
    interrupted: bool = False,
) -> pd.DataFrame:
    """End a sweep's parent with its worst child's status and log the comparison table.

    Parameters
    ----------
    parent_id : str
        The parent run.
    store : TrackingStore, optional
        By default the store that `SweepCallback` connected to.
    failed : bool, default False
        True when a job raised, also one that opened no run: the sweep is then FAILED whatever
        its children say.
    interrupted : bool, default False
        True when the sweep was stopped before its last job: it is then KILLED at best.

    Returns
    -------
    pandas.DataFrame
        One row per run, by job: ``job``, ``overrides``, ``reused`` (the run of an equal job,
        finished before), ``exit_code``, then the columns of `gosales.tracking.run_table.tabulate`.

    Notes
    -----
    Children whose process is gone are first ended as KILLED. A sweep without children, or with
    a child that is still RUNNING elsewhere, cannot be called finished.
    """
    _BEATING.close()
    tracker = MlflowTracker(store or TrackingStore.from_environment())
    reconcile(tracker)
    with as_tracking_error(f"sweep {parent_id}"):
        parent = tracker.client.get_run(parent_id)
        table = _compare(tracker, parent)
        ends = [*table["status"], *["FAILED"] * failed, *["KILLED"] * interrupted]
        _log_table(MlflowRun(tracker.client, parent_id), table)
        tracker.client.set_terminated(parent_id, worst_status(ends))
    return table


def _compare(tracker: MlflowTracker, parent: Any) -> pd.DataFrame:
    jobs = {str(job.number): job for job in recorded_jobs(parent.data.tags)}
    children = tracker.client.search_runs(
        sorted({parent.info.experiment_id, tracker.experiment_id}),
        f"tags.mlflow.parentRunId = '{parent.info.run_id}'",
        order_by=["attributes.start_time ASC"],
    )
    held = [(run.data.tags.get(JOB_TAG, ""), run) for run in children]
    held += [(n, tracker.client.get_run(job.run_id)) for n, job in jobs.items() if job.reused]
    # Stable: the runs of one job stay in the order of their start.
    held.sort(key=lambda pair: int(pair[0]) if pair[0] else sys.maxsize)
    table = tabulate(run for _, run in held)
    known = [jobs.get(number) for number, _ in held]
    for at, (name, values) in enumerate(_job_columns([n for n, _ in held], known).items()):
        table.insert(at, name, values)
    reused = table["reused"].to_numpy()
    table.loc[reused, "seconds"] = [job.seconds for job in known if job is not None and job.reused]
    return table


def _job_columns(
    numbers: Sequence[str], jobs: Sequence[SweepJob | None]
) -> dict[str, pd.Series[Any]]:
    return {
        "job": pd.Series(numbers, dtype="str"),
        "overrides": pd.Series([job.overrides if job else "" for job in jobs], dtype="str"),
        "reused": pd.Series([bool(job and job.reused) for job in jobs], dtype="bool"),
        "exit_code": pd.Series([job.exit_code if job else None for job in jobs], dtype="Int64"),
    }


def worst_status(statuses: Sequence[str]) -> str:
    """The status of a parent, given its children's.

    Examples
    --------
    >>> worst_status(["FINISHED", "KILLED"]), worst_status(["FAILED", "KILLED"]), worst_status([])
    ('KILLED', 'FAILED', 'FAILED')
    """
    if not statuses:
        return "FAILED"
    return max((s if s in _RANK else "KILLED" for s in statuses), key=_RANK.index)


def _log_table(run: MlflowRun, table: pd.DataFrame) -> None:
    markdown = _markdown(table)
    with tempfile.TemporaryDirectory(prefix="gosales-sweep-") as scratch:
        folder = Path(scratch)
        table.to_csv(folder / "sweep.csv", index=False)
        (folder / "sweep.md").write_text(markdown, encoding="utf-8")
        run.log_artifacts(folder)
    run.set_note(markdown)


def _markdown(table: pd.DataFrame) -> str:
    shown = [str(c) for c in table.columns if c not in _HIDDEN and not table[c].isna().all()]
    lines = [f"| {' | '.join(shown)} |", f"|{'---|' * len(shown)}"]
    for record in table[shown].to_dict("records"):
        lines.append(f"| {' | '.join(_cell(record[name]) for name in shown)} |")
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.4g}"
    return str(value).replace("|", "\\|").replace("\n", " ")
