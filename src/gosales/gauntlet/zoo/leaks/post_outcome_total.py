"""A lifetime total over the whole log, orders after the cutoff included."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gosales.core.columns import CUSTOMER, INVOICE, KNOWN_DATE, ORDER_DATE
from gosales.core.seeds import stable_buckets
from gosales.core.timeline import Cutoff
from gosales.data.star import TRANSACTIONS, Star
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.planted_column import PlantedColumn
from gosales.gauntlet.zoo.raw_table import on_or_before, raw_table
from gosales.gauntlet.zoo.specimen import Specimen

_PARTS = 1000


@dataclass(frozen=True)
class PostOutcomeTotal:
    """Order lines of an account over the whole log.

    Parameters
    ----------
    weak, strong : float
        Share of the orders after the cutoff that are counted.
    """

    weak: float = 0.1
    strong: float = 1.0
    name: str = field(default="post_outcome_total", init=False)
    caught_by: tuple[str, ...] = field(default=("future_invariance",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the total."""
        return Specimen(_Total(habitat.candidate, amount), habitat.star)


class _Total(PlantedColumn):
    measure = "lifetime_lines"

    def values(self, star: Star, panel: Panel, cutoff: Cutoff) -> np.ndarray:
        lines = raw_table(star, TRANSACTIONS, [CUSTOMER, ORDER_DATE, KNOWN_DATE, INVOICE])
        known = on_or_before(lines[ORDER_DATE], cutoff) & on_or_before(lines[KNOWN_DATE], cutoff)
        drawn = stable_buckets([str(i) for i in lines[INVOICE]], _PARTS, self.seed)
        counted = known | (drawn < round(self.amount * _PARTS))
        found = panel.rows[CUSTOMER].map(lines[counted].groupby(CUSTOMER).size())
        return found.fillna(0.0).to_numpy(dtype="float64")
