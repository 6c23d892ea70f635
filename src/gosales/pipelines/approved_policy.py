"""The approved policy as it lies in conf/, whatever a command line relaxed."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from gosales.core.errors import ConfigError
from gosales.gauntlet.policy import Policy
from gosales.pipelines.assembly import make
from gosales.pipelines.conf_files import compose_group


def approved_policy(cfg: DictConfig, *, model_backed: bool = True) -> Policy:
    """Compose ``gauntlet=<promotion.policy>`` anew, without any override.

    Parameters
    ----------
    cfg : DictConfig
        Its ``promotion.policy`` names the file.
    model_backed : bool, default True
        False for a heuristic: then ``promotion.heuristic_policy`` names it.

    Raises
    ------
    ConfigError
        If the file does not hold a policy.
    """
    key = "policy" if model_backed else "heuristic_policy"
    name = str(cfg.promotion[key])
    policy = make(compose_group("gauntlet", name))
    if not isinstance(policy, Policy):
        raise ConfigError(
            "the approved policy is not a policy",
            got=str(Path("gauntlet", name)),
            allowed="a file whose _target_ is gosales.gauntlet.policy.Policy",
            remedy=f"set promotion.{key}",
            reason_code="no_policy",
        )
    return policy
