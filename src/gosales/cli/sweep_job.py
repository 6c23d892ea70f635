"""One job of a sweep: runs as a command of its own and leaves word on the parent run."""

from __future__ import annotations

import os
import sys
import time
from typing import Any, Protocol

from omegaconf import DictConfig, OmegaConf, open_dict

from gosales.core.errors import GoSalesError
from gosales.core.slug import slug
from gosales.tracking.mlflow_tracker import JOB_ENV, PARENT_ENV, MlflowTracker
from gosales.tracking.redact import redact
from gosales.tracking.sweep import store_of
from gosales.tracking.sweep_job import SweepJob

_INTERNAL = 3


class Body(Protocol):
    """What a job does."""

    def __call__(self, cfg: DictConfig, label: str = "") -> Any:
        """Run the command; a label begins its lines of progress."""


def run_sweep_job(cfg: DictConfig, body: Body) -> None:
    """Run one job of a sweep, tell its error at once, and record how it ended.

    Parameters
    ----------
    cfg : DictConfig
        Of the job.
    body : Body
        Runs the command; its result may have ``run_id`` and ``reused``.

    Raises
    ------
    Exception
        What the body raised: Hydra reads the job's status from it. A job that died before it
        opened a run has a FAILED run then.
    """
    from hydra.core.hydra_config import HydraConfig

    job = HydraConfig.get()
    number, words = int(job.job.num), str(redact(" ".join(map(str, job.overrides.task))))
    side_by_side = not str(job.launcher.get("_target_", "")).endswith(".BasicLauncher")
    if side_by_side:
        with open_dict(cfg):
            cfg.n_jobs = 1
    os.environ[JOB_ENV] = str(number)
    started = time.monotonic()
    print(f"job {number}: {words}", file=sys.stderr, flush=True)
    try:
        result = body(cfg, f"job {number}" if side_by_side else "")
    except Exception as error:
        code = error.exit_code if isinstance(error, GoSalesError) else _INTERNAL
        print(f"gosales {cfg.command}: job {number} ({words}): {error}", file=sys.stderr)
        _leave_word(cfg, SweepJob(number, words, code, time.monotonic() - started), error)
        raise
    finally:
        del os.environ[JOB_ENV]
    run_id, reused = str(getattr(result, "run_id", "")), bool(getattr(result, "reused", False))
    seconds = round(time.monotonic() - started, 1)
    _leave_word(cfg, SweepJob(number, words, 0, seconds, run_id, reused))


def _leave_word(cfg: DictConfig, job: SweepJob, error: Exception | None = None) -> None:
    parent = os.environ.get(PARENT_ENV)
    if parent is None:
        return
    tracker = MlflowTracker(store_of(cfg))
    job.record(tracker, parent)
    if error is not None and job.exit_code > 1:
        job.show_failure(tracker, str(cfg.command), _tags(cfg), error)


def _tags(cfg: DictConfig) -> dict[str, str]:
    """What can be said of a job whose configuration may be the very thing that is wrong."""
    wanted = {
        "division": "division.name",
        "cutoff": "cutoff.date",
        "safe_mode": "safe_mode.mode",
        "estimator": "estimator.name",
    }
    found = {
        tag: str(OmegaConf.select(cfg, key, default="", throw_on_missing=False) or "")
        for tag, key in wanted.items()
    }
    return {**found, "division": slug(found["division"]) if found["division"] else ""}
