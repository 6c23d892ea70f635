"""A calibrator that learns from the rows on which it is reported."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.hosted_candidate import HostedCandidate
from gosales.gauntlet.zoo.shown_rows import shown_rows
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.models.calibrators.platt import Platt
from gosales.models.fitted_model import FittedModel


@dataclass(frozen=True)
class CalibratorOnReportedRows:
    """Slope and intercept are fitted on validation rows.

    Parameters
    ----------
    weak, strong : float
        Share of the validation rows the calibrator learns from.
    """

    weak: float = 0.3
    strong: float = 1.0
    name: str = field(default="calibrator_on_reported_rows", init=False)
    caught_by: tuple[str, ...] = field(default=("fit_scope",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the calibrator."""
        return Specimen(_Calibrating(habitat.candidate, amount), habitat.star)


class _Calibrating(HostedCandidate):
    def fit_fold(self, panel: Panel, fold: Fold) -> tuple[FittedModel, np.ndarray]:
        model, predictions = super().fit_fold(panel, fold)
        rows = panel.take(shown_rows(panel, fold.valid, self.amount, self.seed))
        if len(rows) and rows.y.min() != rows.y.max():
            model = replace(model, calibrator=Platt().fit(model.raw(rows.X), rows.y, None))
            predictions = model.predict(panel.take(fold.valid).X)
        return model, predictions
