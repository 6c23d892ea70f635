"""Which log a version is used on, when the command line names none."""

from __future__ import annotations

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gosales.core.progress import Progress
from gosales.pipelines.audit_inputs import own_config
from gosales.pipelines.command_line import root, typed_words
from gosales.pipelines.workspace import Workspace
from gosales.registry.promotion import PromotionDesk
from gosales.tracking.model_name import CHAMPION
from gosales.tracking.model_registry import ModelVersion

# What conf/config.yaml chooses for a user who chose nothing.
_DEFAULT = "world"
_SOURCE = ("data", "sku_map")


def with_version_source(
    cfg: DictConfig,
    desk: PromotionDesk,
    version: ModelVersion,
    space: Workspace,
    progress: Progress,
) -> DictConfig:
    """The configuration, reading the log a version was trained on unless another was chosen.

    Parameters
    ----------
    cfg : DictConfig
        Composed configuration; a source chosen by hand or by ``conf/local`` is never replaced.
    desk : PromotionDesk
        Tracker and registry.
    version : ModelVersion
        Whose log.
    space : Workspace
        Gives scratch space.
    progress : Progress
        Told which log it is.
    """
    if _chosen():
        return cfg
    with space.scratch("source") as scratch:
        own = own_config(desk, version.run_id, cfg, scratch)
    if own.data == cfg.data and own.sku_map == cfg.sku_map:
        return cfg
    found = cfg.copy()
    for key in _SOURCE:
        # Replaced whole: a merge would leave keys of the other source.
        OmegaConf.update(found, key, OmegaConf.create({key: own[key]})[key], merge=False)
    target = version.name.partition(".")[2]
    alias = desk.models.alias(version.name, CHAMPION)
    whose = "its champion" if alias == version.version else f"version {version.version}"
    progress.say(f"{target}: the log is the one {whose} was trained on ({own.data.name})")
    return found


def _chosen() -> bool:
    words = typed_words()
    if words is None or any(root(word) in _SOURCE for word in words):
        return True
    return bool(HydraConfig.get().runtime.choices.get("data") != _DEFAULT)
