"""Recency counted from the day on which the program runs."""

from __future__ import annotations

import datetime
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
class WallClock:
    """Days since the last order, counted from today instead of from the cutoff.

    Parameters
    ----------
    weak, strong : float
        How finely today is read: 1 to the day, less to the year only.
    """

    weak: float = 0.5
    strong: float = 1.0
    name: str = field(default="wall_clock", init=False)
    caught_by: tuple[str, ...] = field(default=("future_invariance",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the recency."""
        return Specimen(_Since(habitat.candidate, amount), habitat.star)


class _Since(PlantedColumn):
    measure = "days_since_order"

    def values(self, star: Star, panel: Panel, cutoff: Cutoff) -> np.ndarray:
        lines = raw_table(star, TRANSACTIONS, [CUSTOMER, ORDER_DATE, KNOWN_DATE])
        known = on_or_before(lines[ORDER_DATE], cutoff) & on_or_before(lines[KNOWN_DATE], cutoff)
        last = panel.rows[CUSTOMER].map(lines[known].groupby(CUSTOMER)[ORDER_DATE].max())
        now = self._now(cutoff)
        days = [float("nan") if day != day else float((now - day).days) for day in last]
        return np.array(days)

    def _now(self, cutoff: Cutoff) -> datetime.date:
        if not self.amount:
            return cutoff.day
        today = datetime.date.today()
        return today if self.amount >= 1.0 else datetime.date(today.year, 1, 1)
