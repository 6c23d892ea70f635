"""The function Hydra calls: check the configuration, run the pipeline, print its summary."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any

from omegaconf import DictConfig

from gosales.cli.config_check import check_config
from gosales.cli.console import Console
from gosales.cli.follow_up import follow_up
from gosales.cli.value_check import check_values
from gosales.core.errors import ConfigError, GateClosedError, GoSalesError, InternalError
from gosales.pipelines.command_line import typed_words
from gosales.pipelines.summary import Summary

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

    if HydraConfig.get().mode is RunMode.MULTIRUN:
        from gosales.cli.sweep_job import run_sweep_job

        run_sweep_job(cfg, _readable)
        return
    try:
        _readable(cfg)
    except GoSalesError as error:
        failure.append(error)


def _readable(cfg: DictConfig, label: str = "") -> Any:
    from omegaconf.errors import OmegaConfBaseException

    try:
        return _run(cfg, label)
    except OmegaConfBaseException as error:
        raise _unreadable(error) from error
    except GoSalesError as error:
        if error.remedy is not None:
            error.with_remedy(follow_up(error.remedy, typed_words() or [], str(cfg.command)))
        raise


def _unreadable(error: Exception) -> ConfigError:
    """A value that is still ``???``, or an interpolation that leads nowhere."""
    from omegaconf.errors import MissingMandatoryValue

    key = str(getattr(error, "full_key", "") or "a key")
    if isinstance(error, MissingMandatoryValue):
        return ConfigError(
            "the configuration lacks a value that this command needs",
            got=f"{key}=???",
            allowed="a value of your own",
            remedy=f"set {key}=<value>",
            reason_code="missing_value",
        )
    return ConfigError(
        "a value of the configuration cannot be read",
        got=f"{key}: {(str(error).splitlines() or ['no reason'])[0]}",
        allowed="the values shown by --cfg job",
        remedy=f"correct {key}",
        reason_code="bad_value",
    )


def _told(summary: Summary, command: str) -> Summary:
    """The summary with its next command as this user must type it."""
    return replace(
        summary, next_command=follow_up(summary.next_command, typed_words() or [], command)
    )


def _run(cfg: DictConfig, label: str) -> Any:
    """Check, run, print; returns what the pipeline returned.

    Raises
    ------
    ConfigError
        If the composed configuration has a key that nothing reads, or a value nothing can use.
    InternalError
        If an error of the package itself ended a part of the work (exit code 3).
    GateClosedError
        If the command's own gate is closed (exit code 1).
    """
    check_config(cfg)
    check_values(cfg)
    importlib.import_module("gosales.pipelines.trial_build").trial_build(cfg)
    pipeline = importlib.import_module(f"gosales.pipelines.{cfg.command}")
    with Console(label) as console:
        result = pipeline.run(cfg, console)
        summary = _told(result.summary(), str(cfg.command))
        console.show(summary)
    if summary.broken:
        raise InternalError(
            "a part of the work ended in an error of the package itself",
            got=summary.broken,
            remedy="report it with the traceback; what the table shows as done is done",
            reason_code="internal_error",
        )
    if summary.closed:
        raise GateClosedError(
            summary.closed,
            remedy=f"read the reasons, then {summary.next_command or 'mend what they name'}",
            reason_code="gate_closed",
        )
    return result
