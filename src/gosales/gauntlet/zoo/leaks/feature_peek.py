"""Features whose windows end days after the cutoff."""

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
class FeaturePeek:
    """Every window of every family ends ``amount`` days late.

    Parameters
    ----------
    weak, strong : float
        Days.
    name : str
        Row of the matrix: a nightly load that ran late is another mistake than a wrong join.
    """

    weak: float = 1.0
    strong: float = 14.0
    name: str = "feature_peek"
    caught_by: tuple[str, ...] = field(default=("future_invariance", "event_proximity"), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate whose features are those of a later day."""
        return Specimen(_Peeking(habitat.candidate, amount), habitat.star)


class _Peeking(HostedCandidate):
    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        panel = super().build(star, cutoffs, cached=cached)
        if not self.amount:
            return panel
        late = {c: c.plus_days(int(self.amount)) for c in panel.cutoffs}
        later = super().build(star, sorted(late.values()), cached=cached)
        return with_later_features(panel, later, late)
