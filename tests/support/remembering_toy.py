"""Toy candidates whose fits know more than their training rows, and one whose fits do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from tests.support.toy_candidate import FORWARD, ToyCandidate
from tests.support.toy_model import ToyScaler, ToyShift

from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.features.panel import Panel
from gosales.models.fitted_model import FittedModel

_SEEN: dict[tuple[str, str], float] = {}
_OUTCOMES: dict[tuple[object, ...], float] = {}


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


@dataclass(frozen=True)
class Recalling(ToyScaler):
    """Scales, and moves the first column of rows whose outcome a build of this process saw."""

    def apply(self, X: pd.DataFrame) -> pd.DataFrame:
        out = super().apply(X)
        first = out.columns[0]
        return out.assign(**{first: out[first] + [_OUTCOMES.get(k, 0.0) for k in _keys(X)]})


class ForwardToy(ToyCandidate):
    """The toy, whose predictions remember the outcomes of forward rows; its fits do not."""

    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        panel = super().build(star, cutoffs, cached=cached)
        forward = panel.at([FORWARD])
        _OUTCOMES.update(zip(_keys(forward.X), np.nan_to_num(forward.y).tolist(), strict=True))
        return panel

    def _fit(self, panel: Panel, train: np.ndarray, valid: np.ndarray) -> FittedModel:
        model = super()._fit(panel, train, valid)
        stage = Recalling(**vars(model.transforms[0]))
        return FittedModel(model.specs, (stage,), model.estimator, model.calibrator)


def _keys(X: pd.DataFrame) -> list[tuple[object, ...]]:
    return [tuple(map(str, row)) for row in X.itertuples(index=False)]
