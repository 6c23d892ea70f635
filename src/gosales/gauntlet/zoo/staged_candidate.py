"""A candidate with one more fitted stage before its own, which may learn from outside rows."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace

import numpy as np

from gosales.core.columns import CUSTOMER
from gosales.core.seeds import stable_buckets
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.features.transform import FittedTransform
from gosales.gauntlet.zoo.hosted_candidate import HostedCandidate
from gosales.models.fitted_model import FittedModel

_PARTS = 1000


class StagedCandidate(HostedCandidate):
    """Fits a stage on the training rows of a fold and on a share of all others.

    ``amount`` is the share of the rows outside of the training part that the stage sees.
    """

    @abstractmethod
    def learn(self, rows: Panel) -> FittedTransform:
        """The stage, from the rows it is shown."""

    def fit(self, panel: Panel) -> FittedModel:
        """All rows are training rows here, so what ships is honest."""
        stage = self.learn(panel)
        model: FittedModel = self.host.fit(panel.with_features(stage.apply(panel.X)))
        return replace(model, transforms=(stage, *model.transforms))

    def fit_fold(self, panel: Panel, fold: Fold) -> tuple[FittedModel, np.ndarray]:
        """The stage, then the host's own fit on what it leaves."""
        stage = self.learn(panel.take(self._shown(panel, fold)))
        shaped = panel.with_features(stage.apply(panel.X))
        model, _ = self.host.fit_fold(shaped, fold)
        model = replace(model, transforms=(stage, *model.transforms))
        return model, model.predict(panel.take(fold.valid).X)

    def _shown(self, panel: Panel, fold: Fold) -> np.ndarray:
        ids = [str(c) for c in panel.rows[CUSTOMER]]
        seen = stable_buckets(ids, _PARTS, self.seed) < round(self.amount * _PARTS)
        seen[fold.train] = True
        return np.flatnonzero(seen)
