"""The rollback command: the previous champion, put back after it verifies."""

from __future__ import annotations

from omegaconf import DictConfig

from gosales.core.progress import Progress
from gosales.pipelines.assembly import make
from gosales.pipelines.decided import Decided
from gosales.pipelines.registry_desk import desk_of
from gosales.registry.rollback import rollback


def run(cfg: DictConfig, progress: Progress) -> Decided:
    """Run the command."""
    target = make(cfg.division)
    return Decided(rollback(desk_of(cfg), target.key), target.key)
