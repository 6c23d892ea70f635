"""Columns selected by their relation to the label on validation rows too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd

from gosales.features.panel import Panel
from gosales.features.transform import FittedTransform
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.gauntlet.zoo.staged_candidate import StagedCandidate

_KEPT_SHARE = 0.5


@dataclass(frozen=True)
class SelectionOnAllRows:
    """The half of the numbers that goes best with the label is chosen before the folds are made.

    Parameters
    ----------
    weak, strong : float
        Share of the rows outside the training part that the choice looks at.
    """

    weak: float = 0.3
    strong: float = 1.0
    name: str = field(default="selection_on_all_rows", init=False)
    caught_by: tuple[str, ...] = field(default=("fit_scope",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the choice."""
        return Specimen(_Selecting(habitat.candidate, amount), habitat.star)


class _Selecting(StagedCandidate):
    def learn(self, rows: Panel) -> FittedTransform:
        numbers = rows.X.select_dtypes("number")
        ranks = numbers.rank().fillna(0.0)
        strength = ranks.corrwith(pd.Series(rows.y, index=ranks.index)).abs().fillna(0.0)
        order = np.argsort(-strength.to_numpy(), kind="stable")
        dropped = order[round(_KEPT_SHARE * len(order)) :]
        return _Dropped(sorted(numbers.columns[dropped]))


@dataclass(frozen=True)
class _Dropped:
    names: list[str]

    def apply(self, X: pd.DataFrame) -> pd.DataFrame:
        # A constant says as little as a column that is not there.
        return X.assign(**dict.fromkeys(self.names, 0.0))

    def to_json(self) -> dict[str, Any]:
        return {"names": self.names}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        return cls(**state)
