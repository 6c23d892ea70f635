"""Every part of a configuration built once, before anything is read or written."""

from __future__ import annotations

from collections.abc import Iterator

from omegaconf import DictConfig, OmegaConf

from gosales.core.errors import ConfigError, GoSalesError
from gosales.pipelines.assembly import make

# Commands that fit, audit or use a model; the others need none of these parts.
_COMMANDS = frozenset(
    {
        "features",
        "train",
        "gauntlet",
        "validate",
        "promote",
        "score",
        "rank",
        "pipeline",
        "selftest",
    }
)
_PARTS = (
    "data", "engine", "sku_map", "label", "label_guard", "population", "incumbency", "safe_mode",
    "estimator", "calibration", "cv.training", "cv.splitter", "validation.bootstrap", "gauntlet",
    "promotion", "whitespace.ranker", "whitespace.signals", "whitespace.expected_value",
    "tracking", "contract", "forward.months", "forward.scenarios", "forward.drift",
    "forward.segments", "validation.consistency",
)  # fmt: skip
_MAPPINGS = ("features.families", "features.transforms", "validation.metrics")


def trial_build(cfg: DictConfig) -> None:
    """Build and drop every part, so that a bad value ends a command before its first step.

    Parameters
    ----------
    cfg : DictConfig
        Composed configuration.

    Raises
    ------
    ConfigError
        Naming every part that refuses its values, all at once.
    """
    if str(cfg.get("command")) not in _COMMANDS:
        return
    faults = list(_faults(cfg))
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise ConfigError(
            f"{len(faults)} parts of the configuration refuse their values",
            got="; ".join(f"({i}) {fault}" for i, fault in enumerate(faults, start=1)),
            allowed="what each part says above",
            remedy="correct them; --cfg job shows the values as composed",
            reason_code="bad_parts",
        )


def _faults(cfg: DictConfig) -> Iterator[GoSalesError]:
    for node in _nodes(cfg):
        try:
            make(node)
        except GoSalesError as error:
            yield error


def _nodes(cfg: DictConfig) -> Iterator[DictConfig]:
    for path in _PARTS:
        node = OmegaConf.select(cfg, path)
        if isinstance(node, DictConfig):
            yield node
    for path in _MAPPINGS:
        parts = OmegaConf.select(cfg, path) or {}
        yield from (parts[name] for name in parts if isinstance(parts[name], DictConfig))
