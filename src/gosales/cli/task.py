"""The function Hydra calls: check the configuration, run the pipeline, print its summary."""

from __future__ import annotations

import importlib
import os

from omegaconf import DictConfig

from gosales.cli.config_check import check_config
from gosales.cli.console import Console
from gosales.core.errors import GateClosedError, GoSalesError

# What a single run ended with. Hydra would print a line of its own around a raised error, so a
# single run leaves it here; the job of a sweep raises, because its status is read from that.
failure: list[GoSalesError] = []


def run_task(cfg: DictConfig) -> None:
    """Run the command named by ``cfg.command``; what Hydra calls.

    Raises
    ------
    GoSalesError
        In a sweep; a single run leaves it in `failure`.
    """
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    try:
        _run(cfg)
    except GoSalesError as error:
        if HydraConfig.get().mode is RunMode.MULTIRUN:
            raise
        failure.append(error)


def _run(cfg: DictConfig) -> None:
    """Check, run, print.

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
