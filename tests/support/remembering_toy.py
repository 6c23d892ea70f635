"""Toy candidates whose fits know more than their training rows, and one whose fits do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.support.toy_candidate import ToyCandidate
from tests.support.toy_model import ToyShift

from gosales.features.panel import Panel
from gosales.models.fitted_model import FittedModel

_SEEN: dict[tuple[str, str], float] = {}


class RememberingToy(ToyCandidate):
    """The toy, whose calibrator learns from more than the fold.

    ``way``: ``honest``; ``memory`` (every row any fit of this process was given); ``file`` (a
    number that lies beside the log); ``instance`` (as memory, kept in the candidate itself).
    """

    def __init__(self, way: str, side_file: Path | None = None) -> None:
        super().__init__()
        self.way = way
        self.side_file = side_file
        self.rates: list[float] = []

    def _fit(self, panel: Panel, train: np.ndarray, valid: np.ndarray) -> FittedModel:
        model = super()._fit(panel, train, valid)
        rate = getattr(self, f"_{self.way}")(panel.take(train))
        return FittedModel(model.specs, model.transforms, model.estimator, ToyShift(rate))

    def _honest(self, part: Panel) -> float:
        return float(part.y.mean())

    def _memory(self, part: Panel) -> float:
        keys = zip(part.rows["customer_id"], part.rows["cutoff"], strict=True)
        _SEEN.update(dict(zip(keys, part.y.tolist(), strict=True)))
        return float(np.mean(list(_SEEN.values())))

    def _instance(self, part: Panel) -> float:
        self.rates.append(float(part.y.mean()))
        return float(np.mean(self.rates))

    def _file(self, part: Panel) -> float:
        return float(self.side_file.read_text())
