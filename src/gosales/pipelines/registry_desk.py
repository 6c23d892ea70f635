"""Tracker and registry of one configuration, for the commands that read and move versions."""

from __future__ import annotations

from omegaconf import DictConfig

from gosales.pipelines.assembly import make
from gosales.registry.promotion import PromotionDesk
from gosales.tracking.mlflow_tracker import MlflowTracker
from gosales.tracking.model_registry import MlflowModelRegistry


def tracker_of(cfg: DictConfig) -> MlflowTracker:
    """The tracker of the configured store; connects at first use."""
    return MlflowTracker(make(cfg.tracking))


def desk_of(cfg: DictConfig) -> PromotionDesk:
    """Tracker and registry together."""
    tracker = tracker_of(cfg)
    return PromotionDesk(tracker, MlflowModelRegistry(tracker))
