"""Caps of outliers learned from validation rows too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import pandas as pd

from gosales.features.panel import Panel
from gosales.features.transform import FittedTransform
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.gauntlet.zoo.staged_candidate import StagedCandidate

_QUANTILE = 0.99


@dataclass(frozen=True)
class CapsOnAllRows:
    """Numbers are winsorised before the folds are made.

    Parameters
    ----------
    weak, strong : float
        Share of the rows outside the training part that the caps are learned from.
    """

    weak: float = 0.05
    strong: float = 1.0
    name: str = field(default="caps_on_all_rows", init=False)
    caught_by: tuple[str, ...] = field(default=("fit_scope",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the caps."""
        return Specimen(_Capping(habitat.candidate, amount), habitat.star)


class _Capping(StagedCandidate):
    def learn(self, rows: Panel) -> FittedTransform:
        caps = rows.X.select_dtypes("number").quantile(_QUANTILE).dropna()
        return _Caps({str(name): float(cap) for name, cap in caps.items()})


@dataclass(frozen=True)
class _Caps:
    caps: dict[str, float]

    def apply(self, X: pd.DataFrame) -> pd.DataFrame:
        return X.assign(**{name: X[name].clip(upper=cap) for name, cap in self.caps.items()})

    def to_json(self) -> dict[str, Any]:
        return {"caps": self.caps}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        return cls(**state)
