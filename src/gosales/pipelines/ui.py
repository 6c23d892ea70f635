"""The ui command: MLflow's own pages on this project's store."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass

from omegaconf import DictConfig

from gosales.core.errors import TrackingError
from gosales.core.progress import Progress
from gosales.pipelines.assembly import make
from gosales.pipelines.server_process import (
    refuse_taken_port,
    server_process,
    wait_until_it_listens,
)
from gosales.pipelines.summary import Summary
from gosales.tracking.redact import redact
from gosales.tracking.signals import terminable
from gosales.tracking.store import TrackingStore

# Workers for judging traces of language models: a dozen processes that nothing here uses.
_ENVIRONMENT = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}


@dataclass(frozen=True)
class Served:
    """The server has ended.

    Parameters
    ----------
    url : str
        Where it was.
    """

    url: str

    def summary(self) -> Summary:
        """One line."""
        return Summary(title=f"stopped serving {self.url}", next_command="gosales ui")


def run(cfg: DictConfig, progress: Progress) -> Served:
    """Serve until interrupted.

    Raises
    ------
    TrackingError
        If the server cannot start, for example because the port is taken.
    """
    store: TrackingStore = make(cfg.tracking)
    host, port = str(cfg.host), int(cfg.port)
    refuse_taken_port(host, port)
    client = store.connect()
    page = f"experiments/{store.experiment_id(client)}/runs?workflowType=machine_learning"
    url = f"http://{host}:{port}/#/{page}"
    progress.say(f"starting MLflow on {redact(store.address)}")
    try:
        with terminable(), server_process(_command(store, host, port), _ENVIRONMENT) as server:
            if wait_until_it_listens(server, host, port):
                progress.say(f"open {url}  (Ctrl-C stops it)")
            code = server.wait()
    except KeyboardInterrupt:
        code = 0
    if code not in (0, -signal.SIGINT, -signal.SIGTERM):
        raise TrackingError(
            "the MLflow server ended with an error",
            got=f"exit code {code}",
            allowed="a server that serves until it is stopped",
            remedy="read what it said above",
            reason_code="ui_failed",
        )
    return Served(url)


def _command(store: TrackingStore, host: str, port: int) -> list[str]:
    command = [
        sys.executable, "-m", "mlflow", "server", "--backend-store-uri", store.address,
        "--host", host, "--port", str(port), "--workers", "1",
    ]  # fmt: skip
    if store.artifact_root:
        command += ["--default-artifact-root", store.artifact_root]
    return command
