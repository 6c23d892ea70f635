"""Whether a fitted candidate is a model or the heuristic."""

from __future__ import annotations

from gosales.models.estimators.heuristic import FittedHeuristic
from gosales.models.fitted_model import FittedModel


def is_model_backed(model: FittedModel) -> bool:
    """False for the heuristic, whose ranking is no one's finding; cards and tags say which."""
    return not isinstance(model.estimator, FittedHeuristic)
