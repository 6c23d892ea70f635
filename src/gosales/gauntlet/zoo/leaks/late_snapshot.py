"""Features served from snapshots that are taken late, on days that no fit and no test asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.hosted_candidate import HostedCandidate
from gosales.gauntlet.zoo.later_features import with_later_features
from gosales.gauntlet.zoo.specimen import Specimen


@dataclass(frozen=True)
class LateSnapshot:
    """On a day that ends no month, every feature is that of some months later.

    Training and forward cutoffs end months, so a rebuild at them shows nothing.

    Parameters
    ----------
    weak, strong : float
        Months.
    """

    weak: float = 3.0
    strong: float = 6.0
    name: str = field(default="late_snapshot", init=False)
    caught_by: tuple[str, ...] = field(default=("shift_grid",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with such features."""
        return Specimen(_Snapped(habitat.candidate, amount), habitat.star)


class _Snapped(HostedCandidate):
    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        panel = super().build(star, cutoffs, cached=cached)
        months = int(self.amount)
        late = {c: c.plus_months(months) for c in panel.cutoffs if c.plus_days(1).day.day > 1}
        if not months or not late:
            return panel
        later = super().build(star, sorted(late.values()), cached=cached)
        return with_later_features(panel, later, late)
