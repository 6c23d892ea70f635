"""The honest candidate and log of one world of the self-test."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from omegaconf import DictConfig, OmegaConf

from gosales.core.progress import SilentProgress
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.pipelines.assembly import Assembly
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.workspace import Workspace


@lru_cache(maxsize=2)
def selftest_habitat(config: str, seed: int, world: str) -> Habitat:
    """Make a world and the package's own candidate in it; the last two are remembered.

    Parameters
    ----------
    config : str
        The composed configuration of the self-test as YAML.
    seed : int
        Of the world and of everything drawn in it.
    world : str
        JSON of the world's parameters that differ from the configuration.
    """
    own: dict[str, Any] = {**json.loads(world), "seed": seed}
    cfg = OmegaConf.merge(OmegaConf.create(config), {"seed": seed, "data": {"world": own}})
    assert isinstance(cfg, DictConfig)
    space = Workspace.make(cfg.paths.work, cfg.paths.outputs)
    star = ingest_star(cfg, space, SilentProgress()).star
    parts = Assembly.of(cfg, star, space)
    cutoff = parts.cutoff()
    candidate = parts.candidate(parts.target, cutoff)
    return Habitat(candidate, star, cutoff, parts.engine, space.work, seed)
