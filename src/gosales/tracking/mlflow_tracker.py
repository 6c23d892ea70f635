"""Runs in MLflow: opened, nested, ended, found again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from traceback import format_exception
from typing import Any, Final

from gosales.core.errors import GoSalesError, InternalError
from gosales.core.refusals import is_refusal
from gosales.tracking.code_version import code_version
from gosales.tracking.failures import as_tracking_error
from gosales.tracking.heartbeat import heartbeat
from gosales.tracking.mlflow_run import MlflowRun
from gosales.tracking.process_tags import process_tags
from gosales.tracking.redact import redact
from gosales.tracking.signals import terminable
from gosales.tracking.store import TrackingStore

PARENT_ENV: Final = "GOSALES_PARENT_RUN_ID"
JOB_ENV: Final = "GOSALES_SWEEP_JOB"
JOB_TAG: Final = "sweep.job"
RUN_KEY: Final = "run.key"
_ADOPT_ENV: Final = "MLFLOW_RUN_ID"
TRACEBACK: Final = "traceback.txt"
_PARENT_TAG: Final = "mlflow.parentRunId"
_NAME_TAG: Final = "mlflow.runName"


@contextmanager
def nested_under(run_id: str) -> Iterator[None]:
    """Runs that this process opens in the block without naming a parent become its children."""
    before = os.environ.get(PARENT_ENV)
    os.environ[PARENT_ENV] = run_id
    try:
        yield
    finally:
        if before is None:
            del os.environ[PARENT_ENV]
        else:
            os.environ[PARENT_ENV] = before


class MlflowTracker:
    """Opens runs of one store; see `gosales.tracking.tracker.Tracker`.

    Parameters
    ----------
    store : TrackingStore
        Connected at first use.
    """

    def __init__(self, store: TrackingStore) -> None:
        self.store = store
        self._adopted_experiment: str | None = None

    @cached_property
    def client(self) -> Any:
        """The connected MLflow client."""
        return self.store.connect()

    @cached_property
    def experiment_id(self) -> str:
        """Id of the store's experiment."""
        with as_tracking_error(self.store.experiment):
            return self.store.experiment_id(self.client)

    @contextmanager
    def start_run(
        self,
        name: str,
        kind: str,
        tags: Mapping[str, str] | None = None,
        parent_id: str | None = None,
    ) -> Iterator[MlflowRun]:
        """Open a run and end it by what happens inside.

        Parameters
        ----------
        name : str
            For example ``printers·2024-12-31·on·lgbm``.
        kind : str
            train, gauntlet, validate, promotion, score, rank, tune, pipeline, sweep.
        tags : mapping, optional
            Further tags.
        parent_id : str, optional
            Parent run; by default the one named by ``GOSALES_PARENT_RUN_ID``, if any.

        Yields
        ------
        MlflowRun

        Notes
        -----
        FINISHED when the block ends, FAILED when it raises, KILLED on SIGTERM or SIGINT. An error
        of the package itself leaves its traceback in the run, as ``traceback.txt``. The first run
        of a process adopts ``MLFLOW_RUN_ID``, which ``mlflow run`` sets.
        """
        with terminable():
            run_id = self._open(name, {**(tags or {}), "kind": kind}, parent_id)
            status, error, trace = "FAILED", "", ""
            try:
                with heartbeat(self.client, run_id):
                    yield MlflowRun(self.client, run_id)
                status = "FINISHED"
            except GoSalesError as caught:
                error = f"{caught.reason_code}: {caught}"
                trace = _trace(caught) if caught.exit_code == InternalError.exit_code else ""
                raise
            except Exception as caught:
                error = f"{type(caught).__name__}: {caught}"
                trace = "" if is_refusal(caught) else _trace(caught)
                raise
            except BaseException as caught:
                # KeyboardInterrupt, Terminated: somebody ended the process.
                status, error = "KILLED", type(caught).__name__
                raise
            finally:
                self._close(run_id, status, error, trace)

    def find_finished(self, run_key: str) -> str | None:
        """Id of the newest FINISHED run with this content key, or None."""
        experiments = {self.experiment_id, self._adopted_experiment or self.experiment_id}
        with as_tracking_error(self.store.experiment):
            found = self.client.search_runs(
                sorted(experiments),
                f"tags.`{RUN_KEY}` = '{run_key}' and attributes.status = 'FINISHED'",
                max_results=1,
                order_by=["attributes.start_time DESC"],
            )
        return str(found[0].info.run_id) if found else None

    def download(self, run_id: str, path: str, folder: Path) -> Path:
        """Copy one artifact (file or directory) of a run into a folder.

        Raises
        ------
        TrackingError
            If the run has no such artifact.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with as_tracking_error(f"run {run_id}, artifact {path}"):
            return Path(self.client.download_artifacts(run_id, path, str(folder)))

    def run_data(self, run_id: str) -> Any:
        """The MLflow run: info, metrics, params and tags as last written."""
        with as_tracking_error(f"run {run_id}"):
            return self.client.get_run(run_id)

    def _open(self, name: str, tags: dict[str, str], parent_id: str | None) -> str:
        from mlflow.tracking.context.registry import resolve_tags

        adopted = os.environ.pop(_ADOPT_ENV, None)
        parent = parent_id or os.environ.get(PARENT_ENV)
        own = {"code.version": code_version(), **process_tags(), **tags}
        if parent and parent != adopted:
            own[_PARENT_TAG] = parent
            if parent == os.environ.get(PARENT_ENV) and JOB_ENV in os.environ:
                own[JOB_TAG] = os.environ[JOB_ENV]
        own = {key: str(value) for key, value in own.items()}
        with as_tracking_error(redact(self.store.address)):
            if adopted:
                return self._adopt(adopted, name, own)
            run = self.client.create_run(self.experiment_id, tags=resolve_tags(own), run_name=name)
            return str(run.info.run_id)

    def _adopt(self, run_id: str, name: str, tags: dict[str, str]) -> str:
        run = self.client.get_run(run_id)
        self._adopted_experiment = run.info.experiment_id
        self.client.update_run(run_id, status="RUNNING", name=name)
        MlflowRun(self.client, run_id).set_tags({**tags, _NAME_TAG: name})
        return run_id

    def _close(self, run_id: str, status: str, error: str, trace: str) -> None:
        run = MlflowRun(self.client, run_id)
        if error:
            run.set_tags({"error": str(redact(error))})
        with as_tracking_error(f"run {run_id}"):
            self.client.set_terminated(run_id, status)
        if trace:
            run.log_text(str(redact(trace)), TRACEBACK)


def _trace(error: Exception) -> str:
    return "".join(format_exception(error))
