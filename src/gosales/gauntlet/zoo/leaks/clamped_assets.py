"""Assets bought after the cutoff, counted as bought on it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gosales.core.columns import CUSTOMER, KNOWN_DATE, PURCHASE_DATE
from gosales.core.timeline import Cutoff
from gosales.data.star import ASSETS, Star
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.planted_column import PlantedColumn
from gosales.gauntlet.zoo.raw_table import on_or_before, raw_table
from gosales.gauntlet.zoo.specimen import Specimen


@dataclass(frozen=True)
class ClampedAssets:
    """A count of owned assets in which a later purchase date is clamped to the cutoff.

    Parameters
    ----------
    weak, strong : float
        Days after the cutoff from which assets are still counted.
    """

    weak: float = 14.0
    strong: float = 180.0
    name: str = field(default="clamped_assets", init=False)
    caught_by: tuple[str, ...] = field(default=("future_invariance",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the count."""
        return Specimen(_Counting(habitat.candidate, amount), habitat.star)


class _Counting(PlantedColumn):
    measure = "clamped_assets"

    def values(self, star: Star, panel: Panel, cutoff: Cutoff) -> np.ndarray:
        assets = raw_table(star, ASSETS, [CUSTOMER, PURCHASE_DATE, KNOWN_DATE])
        seen_to = cutoff.plus_days(int(self.amount))
        owned = on_or_before(assets[PURCHASE_DATE], seen_to)
        owned &= on_or_before(assets[KNOWN_DATE], seen_to)
        found = panel.rows[CUSTOMER].map(assets[owned].groupby(CUSTOMER).size())
        return found.fillna(0.0).to_numpy(dtype="float64")
