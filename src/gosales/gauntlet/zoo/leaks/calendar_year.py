"""A feature of a calendar year that is written into its code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, KNOWN_DATE, ORDER_DATE
from gosales.core.timeline import Cutoff, Window
from gosales.data.star import TRANSACTIONS, Star
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.planted_column import PlantedColumn
from gosales.gauntlet.zoo.raw_table import on_or_before, raw_table
from gosales.gauntlet.zoo.specimen import Specimen


@dataclass(frozen=True)
class CalendarYear:
    """Orders of one named year, whatever the cutoff (``orders_2024``).

    Its clean twin counts the year before the cutoff's.

    Parameters
    ----------
    weak, strong : float
        Years from the last one that is over at every training cutoff.
    """

    weak: float = 1.0
    strong: float = 2.0
    name: str = field(default="calendar_year", init=False)
    caught_by: tuple[str, ...] = field(default=("future_invariance",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the year's orders."""
        first = habitat.candidate.training_cutoffs(habitat.star)[0]
        over = first.day.year - 1
        return Specimen(_OfYear(habitat.candidate, amount, over + int(amount)), habitat.star)


class _OfYear(PlantedColumn):
    measure = "orders_of_a_year"

    def __init__(self, host: object, amount: float, year: int) -> None:
        super().__init__(host, amount)
        self.year = year

    def values(self, star: Star, panel: Panel, cutoff: Cutoff) -> np.ndarray:
        lines = raw_table(star, TRANSACTIONS, [CUSTOMER, ORDER_DATE, KNOWN_DATE])
        # The honest one names no year: it counts the last that is over.
        year = self.year if self.amount else cutoff.day.year - 1
        inside = Window(date(year - 1, 12, 31), date(year, 12, 31))
        counted: pd.Series = inside.predicate(lines[ORDER_DATE])
        if not self.amount:
            counted &= on_or_before(lines[KNOWN_DATE], cutoff)
        found = panel.rows[CUSTOMER].map(lines[counted].groupby(CUSTOMER).size())
        return found.fillna(0.0).to_numpy(dtype="float64")
