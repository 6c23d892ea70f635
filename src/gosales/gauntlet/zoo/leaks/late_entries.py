"""Lines taken by their order date although the business learned of them later."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gosales.core.columns import CUSTOMER, KNOWN_DATE, ORDER_DATE
from gosales.core.timeline import Cutoff
from gosales.data.star import TRANSACTIONS, Star
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.planted_column import PlantedColumn
from gosales.gauntlet.zoo.raw_table import on_or_before, raw_table
from gosales.gauntlet.zoo.specimen import Specimen


@dataclass(frozen=True)
class LateEntries:
    """A count of orders before the cutoff that ignores when they were entered.

    Parameters
    ----------
    weak, strong : float
        Days after the cutoff up to which an entry still counts.
    """

    weak: float = 3.0
    strong: float = 30.0
    name: str = field(default="late_entries", init=False)
    caught_by: tuple[str, ...] = field(default=("future_invariance",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the count."""
        return Specimen(_Counting(habitat.candidate, amount), habitat.star)


class _Counting(PlantedColumn):
    measure = "late_entries"

    def values(self, star: Star, panel: Panel, cutoff: Cutoff) -> np.ndarray:
        lines = raw_table(star, TRANSACTIONS, [CUSTOMER, ORDER_DATE, KNOWN_DATE])
        entered_to = cutoff.plus_days(int(self.amount))
        counted = on_or_before(lines[ORDER_DATE], cutoff)
        counted &= on_or_before(lines[KNOWN_DATE], entered_to)
        found = panel.rows[CUSTOMER].map(lines[counted].groupby(CUSTOMER).size())
        return found.fillna(0.0).to_numpy(dtype="float64")
