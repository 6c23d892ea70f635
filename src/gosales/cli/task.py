"""The function Hydra calls: check the configuration, run the pipeline, print its summary."""

from __future__ import annotations

import importlib
import os

from omegaconf import DictConfig

from gosales.cli.config_check import check_config
from gosales.cli.console import Console
from gosales.core.errors import GateClosedError


def run_task(cfg: DictConfig) -> None:
    """Run the command named by ``cfg.command``.

    Raises
    ------
    ConfigError
        If the composed configuration has a key that nothing reads.
    GateClosedError
        If the command's own gate is closed (exit code 1).
    """
    # One thread per process: our parallelism is by process, and nested threads are slower.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    check_config(cfg)
    pipeline = importlib.import_module(f"gosales.pipelines.{cfg.command}")
    with Console() as console:
        summary = pipeline.run(cfg, console).summary()
        console.show(summary)
    if summary.closed:
        raise GateClosedError(
            summary.closed,
            remedy=summary.next_command or "see the report",
            reason_code="gate_closed",
        )
