"""The version a command names, through the verifying loader and no other way."""

from __future__ import annotations

from omegaconf import DictConfig

from gosales.core.errors import TrackingError
from gosales.pipelines.approved_policy import approved_policy
from gosales.registry.champion import load_champion
from gosales.registry.examination import examine
from gosales.registry.gates import MODEL_BACKED
from gosales.registry.promotion import PromotionDesk
from gosales.registry.verified_model import VerifiedModel
from gosales.tracking.model_name import CHALLENGER, CHAMPION, PREVIOUS, registered_name

_ALIASES = (CHAMPION, CHALLENGER, PREVIOUS)


def frozen_version(cfg: DictConfig, desk: PromotionDesk, target: str) -> VerifiedModel:
    """The verified model of ``version``: a number, an alias, or the champion where it is null.

    Parameters
    ----------
    cfg : DictConfig
        Gives ``version`` and the approved policy.
    desk : PromotionDesk
        Tracker and registry.
    target : str
        Key of the target.

    Raises
    ------
    TrackingError
        If there is no such version or alias.
    GateClosedError
        If its evidence does not verify: a version that no audit passed is not shown the future.
    """
    name = registered_name(target)
    words = CHAMPION if cfg.version is None else str(cfg.version)
    if words == CHAMPION:
        return load_champion(desk.models, target, desk.read)
    number: str | None = words
    if not words.isdigit():
        number = desk.models.alias(name, words) if words in _ALIASES else None
    if number is None:
        raise TrackingError(
            f"{name} has no version {words!r}",
            got=f"version={words}",
            allowed=f"a number, or an alias that is set: {', '.join(_ALIASES)}",
            remedy=f"gosales promote division={target}",
            reason_code="no_version",
        )
    if number == desk.models.alias(name, CHAMPION):
        return load_champion(desk.models, target, desk.read)
    tags = desk.models.version(name, number).tags
    policy = approved_policy(cfg, model_backed=tags.get(MODEL_BACKED) != "false")
    found = examine(desk.models, name, number, policy.digest, policy=policy, read=desk.read)
    return found.verified()
