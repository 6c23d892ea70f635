"""The heuristic in the place of a model that cannot be trained."""

from __future__ import annotations

from omegaconf import DictConfig, OmegaConf

# Where the configuration of a stand-in says why there is no model.
STANDS_IN_FOR = "stands_in_for"


def fallback_config(cfg: DictConfig, outcome: str) -> DictConfig | None:
    """The configuration that is trained instead; None where the outcome stands.

    Parameters
    ----------
    cfg : DictConfig
        Its ``fallback`` names the estimator and the outcomes it serves.
    outcome : str
        Of the training run: ``trained`` or a reason code.
    """
    fallback = cfg.fallback
    if outcome not in fallback.reasons or cfg.estimator.name == fallback.estimator.name:
        return None
    own = cfg.copy()
    own.estimator = fallback.estimator
    # Its outcome is its own: nothing stands in for the stand-in.
    own.fallback = {"estimator": None, "reasons": []}
    OmegaConf.update(own, STANDS_IN_FOR, f"no model can be trained: {outcome}", force_add=True)
    return own
