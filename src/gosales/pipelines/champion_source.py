"""Which log accounts are scored from, when the command line names none."""

from __future__ import annotations

from omegaconf import DictConfig

from gosales.core.progress import Progress
from gosales.pipelines.version_source import with_version_source
from gosales.pipelines.workspace import Workspace
from gosales.registry.promotion import PromotionDesk
from gosales.tracking.model_name import CHAMPION, registered_name


def with_champion_source(
    cfg: DictConfig, desk: PromotionDesk, target: str, space: Workspace, progress: Progress
) -> DictConfig:
    """The configuration, reading the log the champion was trained on unless another was chosen.

    ``gosales promote division=any division.name=X`` needs no log, so neither does the
    ``gosales score`` after it; a source chosen by hand or by ``conf/local`` is never replaced.

    Parameters
    ----------
    cfg : DictConfig
        Composed configuration.
    desk : PromotionDesk
        Tracker and registry.
    target : str
        Key of the target.
    space : Workspace
        Gives scratch space.
    progress : Progress
        Told which log it is.
    """
    number = desk.models.alias(registered_name(target), CHAMPION)
    if number is None:
        return cfg
    version = desk.models.version(registered_name(target), number)
    return with_version_source(cfg, desk, version, space, progress)
