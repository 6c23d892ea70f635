"""A threshold picked on the rows it is judged on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.hosted_candidate import HostedCandidate
from gosales.gauntlet.zoo.shown_rows import shown_rows
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.models.fitted_model import FittedModel
from gosales.models.part_state import part_state, restored_part

_QUANTILES = np.linspace(0.5, 0.99, 50)


@dataclass(frozen=True)
class ThresholdOnTest:
    """Probabilities below the threshold with the best F1 are halved: nobody is to call them.

    Parameters
    ----------
    weak, strong : float
        Share of the validation rows on which the threshold is picked; the clean twin picks it on
        the training rows.
    """

    weak: float = 0.3
    strong: float = 1.0
    name: str = field(default="threshold_on_test", init=False)
    caught_by: tuple[str, ...] = field(default=("fit_scope",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the threshold."""
        return Specimen(_Deciding(habitat.candidate, amount), habitat.star)


class _Deciding(HostedCandidate):
    def fit(self, panel: Panel) -> FittedModel:
        return _decided(super().fit(panel), panel)

    def fit_fold(self, panel: Panel, fold: Fold) -> tuple[FittedModel, np.ndarray]:
        model, _ = super().fit_fold(panel, fold)
        rows = fold.train
        if self.amount:
            rows = shown_rows(panel, fold.valid, self.amount, self.seed)
        model = _decided(model, panel.take(rows))
        return model, model.predict(panel.take(fold.valid).X)


def _decided(model: FittedModel, rows: Panel) -> FittedModel:
    p = model.predict(rows.X)
    grid = np.quantile(p, _QUANTILES)
    hits = np.array([float(rows.y[p >= t].sum()) for t in grid])
    called = np.array([float((p >= t).sum()) for t in grid])
    f1 = 2.0 * hits / (called + rows.y.sum())
    return replace(model, calibrator=_Halving(model.calibrator, float(grid[int(f1.argmax())])))


@dataclass(frozen=True)
class _Halving:
    inner: Any
    least: float

    def predict(self, p: np.ndarray) -> np.ndarray:
        q = np.asarray(self.inner.predict(p), dtype="float64")
        return np.where(q >= self.least, q, 0.5 * q)

    def to_json(self) -> dict[str, Any]:
        return {"inner": part_state(self.inner), "threshold": self.least}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        return cls(restored_part(state["inner"]), float(state["threshold"]))
