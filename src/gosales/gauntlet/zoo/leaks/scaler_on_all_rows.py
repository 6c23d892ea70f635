"""Means and deviations learned from validation rows too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import pandas as pd

from gosales.features.panel import Panel
from gosales.features.transform import FittedTransform
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.gauntlet.zoo.staged_candidate import StagedCandidate


@dataclass(frozen=True)
class ScalerOnAllRows:
    """Numbers are scaled before the folds are made.

    Parameters
    ----------
    weak, strong : float
        Share of the rows outside the training part that the scaler sees.
    """

    weak: float = 0.05
    strong: float = 1.0
    name: str = field(default="scaler_on_all_rows", init=False)
    caught_by: tuple[str, ...] = field(default=("fit_scope",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the scaler."""
        return Specimen(_Scaling(habitat.candidate, amount), habitat.star)


class _Scaling(StagedCandidate):
    def learn(self, rows: Panel) -> FittedTransform:
        numbers = rows.X.select_dtypes("number")
        sd = numbers.std(ddof=0).fillna(0.0)
        mean = numbers.mean().fillna(0.0)
        return _Scaler(_by_name(mean), _by_name(sd.mask(sd <= 0, 1.0)))


def _by_name(values: pd.Series) -> dict[str, float]:
    return {str(name): float(value) for name, value in values.items()}


@dataclass(frozen=True)
class _Scaler:
    mean: dict[str, float]
    sd: dict[str, float]

    def apply(self, X: pd.DataFrame) -> pd.DataFrame:
        return X.assign(**{n: (X[n] - m) / self.sd[n] for n, m in self.mean.items()})

    def to_json(self) -> dict[str, Any]:
        return {"mean": self.mean, "sd": self.sd}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        return cls(**state)
