"""The ui command: MLflow's own pages on this project's store."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from omegaconf import DictConfig

from gosales.core.errors import TrackingError
from gosales.core.progress import Progress
from gosales.pipelines.assembly import make
from gosales.pipelines.summary import Summary
from gosales.tracking.store import TrackingStore


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
    client = store.connect()
    page = f"experiments/{store.experiment_id(client)}/runs?workflowType=machine_learning"
    url = f"http://{cfg.host}:{cfg.port}/#/{page}"
    progress.say(f"MLflow on {store.uri}")
    progress.say(f"open {url}  (Ctrl-C stops it)")
    command = [
        sys.executable, "-m", "mlflow", "server",
        "--backend-store-uri", str(store.uri),
        "--host", str(cfg.host), "--port", str(cfg.port), "--workers", "1",
    ]  # fmt: skip
    if store.artifact_root:
        command += ["--default-artifact-root", store.artifact_root]
    try:
        code = subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        code = 0
    if code not in (0, -2, -15):
        raise TrackingError(
            "the MLflow server ended with an error",
            got=f"exit code {code}",
            allowed=f"a free port on {cfg.host}",
            remedy="try gosales ui port=5001",
            reason_code="ui_failed",
        )
    return Served(url)
