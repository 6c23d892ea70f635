"""The label, with noise, in a column that no family declares."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gosales.core.seeds import stable_buckets
from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.planted_column import PlantedColumn
from gosales.gauntlet.zoo.specimen import Specimen

_PARTS = 1000


@dataclass(frozen=True)
class LabelColumn:
    """A column of an input file that was joined on the outcome.

    Parameters
    ----------
    weak, strong : float
        1 minus twice the share of flipped labels: 1 is the label itself, 0 chance.
    """

    weak: float = 0.5
    strong: float = 0.9
    name: str = field(default="label_column", init=False)
    caught_by: tuple[str, ...] = field(default=("feature_dates", "single_feature"), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the column; the twin's is drawn by a registered family."""
        return Specimen(_Unregistered(habitat.candidate, amount), habitat.star)


class _Unregistered(PlantedColumn):
    measure = "joined"

    @property
    def registered_columns(self) -> frozenset[str]:
        declared: frozenset[str] = self.host.registered_columns
        return declared if self.amount else declared | {self.spec.name}

    def values(self, star: Star, panel: Panel, cutoff: Cutoff) -> np.ndarray:
        flip = 0.5 * (1.0 - self.amount)
        # By place in the roster alone: names are others in a renamed log, days in a retold one.
        places = [str(i) for i in range(len(panel))]
        flipped = stable_buckets(places, _PARTS, self.seed) < round(flip * _PARTS)
        known = np.nan_to_num(panel.y) if self.amount else np.zeros(len(panel))
        return np.abs(known - flipped)
