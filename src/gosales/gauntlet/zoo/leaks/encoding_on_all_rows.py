"""Levels encoded by their purchase rate on validation rows too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import pandas as pd

from gosales.features.panel import Panel
from gosales.features.transform import FittedTransform
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.gauntlet.zoo.staged_candidate import StagedCandidate

_PSEUDO_ROWS = 5.0


@dataclass(frozen=True)
class EncodingOnAllRows:
    """Target encoding before the folds are made.

    Parameters
    ----------
    weak, strong : float
        Share of the rows outside the training part whose labels enter the rates.
    """

    weak: float = 0.05
    strong: float = 1.0
    name: str = field(default="encoding_on_all_rows", init=False)
    caught_by: tuple[str, ...] = field(default=("fit_scope",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the encoding."""
        return Specimen(_Encoding(habitat.candidate, amount), habitat.star)


class _Encoding(StagedCandidate):
    def learn(self, rows: Panel) -> FittedTransform:
        y = pd.Series(rows.y, index=rows.X.index)
        prior = float(y.mean())
        rates = {}
        for spec in rows.specs:
            if spec.dtype == "category":
                by_level = y.groupby(rows.X[spec.name].astype(object))
                pooled = by_level.sum() + _PSEUDO_ROWS * prior
                rate = pooled / (by_level.count() + _PSEUDO_ROWS)
                rates[spec.name] = {str(level): float(r) for level, r in rate.items()}
        return _Rates(rates)


@dataclass(frozen=True)
class _Rates:
    rates: dict[str, dict[str, float]]

    def apply(self, X: pd.DataFrame) -> pd.DataFrame:
        # As text, so that the column stays of the kind its spec declares.
        coded = {
            name: X[name].astype(object).map({level: f"{r:.4f}" for level, r in rates.items()})
            for name, rates in self.rates.items()
        }
        return X.assign(**coded)

    def to_json(self) -> dict[str, Any]:
        return {"rates": self.rates}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        return cls(**state)
