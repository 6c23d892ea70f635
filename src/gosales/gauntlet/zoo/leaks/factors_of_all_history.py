"""Item factors learned from the whole log, then applied to histories up to the cutoff."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, DIVISION_KEY, KNOWN_DATE, ORDER_DATE, SKU_KEY
from gosales.core.timeline import Cutoff
from gosales.data.engine import Engine
from gosales.data.star import TRANSACTIONS, Star
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.planted_column import PlantedColumn
from gosales.gauntlet.zoo.raw_table import on_or_before, raw_table
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.labels.known_skus import known_skus
from gosales.labels.membership import membership

_FACTORS: Final = 8
# Bits of a factorisation may differ with the memory's layout; beyond these none is meant.
_DECIMALS: Final = 6


@dataclass(frozen=True)
class FactorsOfAllHistory:
    """Preference for the target from a factorised customer by item matrix.

    Parameters
    ----------
    weak, strong : float
        Days after the cutoff from which orders still enter the factors.
    """

    weak: float = 30.0
    strong: float = 3650.0
    name: str = field(default="factors_of_all_history", init=False)
    caught_by: tuple[str, ...] = field(default=("future_invariance",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the preference."""
        return Specimen(_Preferring(habitat.candidate, amount, habitat.engine), habitat.star)


class _Preferring(PlantedColumn):
    measure = "preference"

    def __init__(self, host: object, amount: float, engine: Engine) -> None:
        super().__init__(host, amount)
        self.engine = engine

    def values(self, star: Star, panel: Panel, cutoff: Cutoff) -> np.ndarray:
        names = [CUSTOMER, SKU_KEY, DIVISION_KEY, ORDER_DATE, KNOWN_DATE]
        lines = raw_table(star, TRANSACTIONS, names)
        lines["item"] = lines[DIVISION_KEY] + "\x1f" + lines[SKU_KEY]
        history = _matrix(lines, cutoff)
        items = _matrix(lines, cutoff.plus_days(int(self.amount)))
        _, _, factors = np.linalg.svd(items.to_numpy(), full_matrices=False)
        kept = factors[:_FACTORS]
        pairs = membership([self.host.target], known_skus(star, self.engine), may_be_absent=True)
        wanted = set(pairs[DIVISION_KEY] + "\x1f" + pairs[SKU_KEY])
        target = np.array([item in wanted for item in items.columns], dtype="float64")
        known = history.reindex(columns=items.columns, fill_value=0.0)
        score = np.round(known.to_numpy() @ (kept.T @ (kept @ target)), _DECIMALS)
        found = panel.rows[CUSTOMER].map(pd.Series(score, index=known.index))
        return found.fillna(0.0).to_numpy(dtype="float64")


def _matrix(lines: pd.DataFrame, seen_to: Cutoff) -> pd.DataFrame:
    known = on_or_before(lines[ORDER_DATE], seen_to) & on_or_before(lines[KNOWN_DATE], seen_to)
    counts = lines[known].groupby([CUSTOMER, "item"]).size().unstack(fill_value=0)
    ordered = counts.sort_index(axis=0).sort_index(axis=1).astype("float64")
    return ordered.map(np.log1p)
