"""Refuse plain values of the wrong kind before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from omegaconf import DictConfig, ListConfig, OmegaConf

from gosales.core.errors import ConfigError


def _is_whole(least: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and value >= least


def _is_port(value: Any) -> bool:
    return type(value) is int and 1 <= value <= 65535


def _is_share(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < 1


def _is_flag(value: Any) -> bool:
    return type(value) is bool


def _is_names(value: Any) -> bool:
    return isinstance(value, ListConfig) and all(isinstance(v, (str, int)) for v in value)


_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "seed": (_is_whole(0), "a whole number, 0 or more"),
    "n_jobs": (_is_whole(1), "a whole number, 1 or more"),
    "port": (_is_port, "a whole number from 1 to 65535"),
    "limit": (_is_whole(1), "a whole number, 1 or more"),
    "force": (_is_flag, "true or false"),
    "fresh": (_is_flag, "true or false"),
    "strict": (_is_flag, "true or false"),
    "catalog": (_is_flag, "true or false"),
    "labels": (_is_flag, "true or false"),
    "selftest.finished_only": (_is_flag, "true or false"),
    "reconcile": (_is_flag, "true or false"),
    "divisions": (_is_names, "a list of names, for example [printers,training]"),
    "tolerance": (_is_share, "a number from 0 to below 1"),
    "whitespace.n_reasons": (_is_whole(0), "a whole number, 0 or more"),
}


def check_values(cfg: DictConfig) -> None:
    """Check the kinds of the plain values, those that no class checks when it is built.

    Parameters
    ----------
    cfg : DictConfig
        Composed configuration.

    Raises
    ------
    ConfigError
        Naming every wrong value, all at once.
    """
    wrong = []
    for key, (fits, _) in _KINDS.items():
        value = OmegaConf.select(cfg, key)
        if value is not None and not fits(value):
            wrong.append((key, value))
    if wrong:
        raise ConfigError(
            "values of the configuration are of the wrong kind",
            got=", ".join(f"{key}={value}" for key, value in wrong),
            allowed="; ".join(f"{key}: {_KINDS[key][1]}" for key, _ in wrong),
            remedy="correct them; --cfg job shows the values as composed",
            reason_code="bad_value",
        )
