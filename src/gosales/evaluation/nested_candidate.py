"""An optional way for a candidate to show the folds it makes inside its training rows."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from gosales.evaluation.fold import FoldPlan
from gosales.features.panel import Panel


@runtime_checkable
class NestedCandidate(Protocol):
    """A candidate whose inner folds (calibration, selection, early stopping) can be audited."""

    def inner_plan(self, panel: Panel) -> FoldPlan:
        """The folds a nested fit on exactly these rows makes; positions refer to ``panel``."""
