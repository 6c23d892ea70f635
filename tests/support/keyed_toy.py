"""A toy whose model looks answers up by the exact size of an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from tests.support.toy_candidate import ToyCandidate

from gosales.features.panel import Panel
from gosales.models.fitted_model import FittedModel

_SIZE = "profile__size__all__static"


class KeyedToy(ToyCandidate):
    """The toy with a table in its ``part``: ``transform`` or ``estimator``.

    ``answers`` by size; None learns each size's share of positives on the training rows.
    """

    def __init__(self, part: str, answers: Mapping[float, float] | None) -> None:
        super().__init__()
        self.part = part
        self.answers = answers

    def _fit(self, panel: Panel, train: np.ndarray, valid: np.ndarray) -> FittedModel:
        answers = self.answers
        if answers is None:
            rows = panel.take(train)
            answers = pd.Series(rows.y).groupby(rows.X[_SIZE].to_numpy()).mean().to_dict()
        table = _Table(dict(answers))
        if self.part == "transform":
            model = super()._fit(panel.with_features(table.apply(panel.X)), train, valid)
            return replace(model, transforms=(table, *model.transforms))
        model = super()._fit(panel, train, valid)
        return replace(model, estimator=_Answering(model.estimator, model.transforms[0], table))


@dataclass(frozen=True)
class _Table:
    answers: dict[float, float]

    def apply(self, X: pd.DataFrame) -> pd.DataFrame:
        return X.assign(**{_SIZE: X[_SIZE].map(self.answers).fillna(0.0)})

    def to_json(self) -> dict[str, Any]:
        return {"answers": self.answers}


@dataclass(frozen=True)
class _Answering:
    """Adds the answer of the size that a scaled column stands for."""

    own: Any
    scaler: Any
    table: _Table

    def predict(self, Z: pd.DataFrame) -> np.ndarray:
        size = Z[[_SIZE]] * self.scaler.sd[_SIZE] + self.scaler.mean[_SIZE]
        answer = self.table.apply(size.round(3))[_SIZE].to_numpy()
        return np.asarray(self.own.predict(Z) * 0.1 + 0.25 * answer)

    def to_json(self) -> dict[str, Any]:
        return {"own": self.own.to_json(), "answers": self.table.answers}
