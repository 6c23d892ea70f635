"""A roster with accounts that were first known after the cutoff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.data.star import Star
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.hosted_candidate import HostedCandidate
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.labels.population import Population


@dataclass(frozen=True)
class FutureRoster:
    """The customer table is taken as it is today, not as it was.

    Parameters
    ----------
    weak, strong : float
        Days after the cutoff within which an account may have become known.
    """

    weak: float = 30.0
    strong: float = 365.0
    name: str = field(default="future_roster", init=False)
    caught_by: tuple[str, ...] = field(default=("future_invariance",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with the roster of a later day."""
        host = habitat.candidate
        old = host.builder.population
        ahead = _Ahead(old.warm_months, old.include_prospects, int(amount))
        builder = replace(host.builder, population=ahead)
        return Specimen(_AheadOfTime(replace(host, builder=builder), amount), habitat.star)


class _AheadOfTime(HostedCandidate):
    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        # The population's own view is not part of any cache key.
        return super().build(star, cutoffs, cached=False)


@dataclass(frozen=True)
class _Ahead(Population):
    days: int = 0

    def roster(self, view: AsOfView) -> pd.DataFrame:
        found = super().roster(view)
        if not self.days:
            return found
        later = {c.plus_days(self.days): c for c in view.cutoffs}
        ahead = AsOfView(view.star, sorted(later), view.engine, self.lookbacks)
        more = super().roster(ahead)
        more[CUTOFF] = more[CUTOFF].map({str(d): str(c) for d, c in later.items()})
        both = pd.concat([found, more], ignore_index=True)
        kept = both.drop_duplicates([CUSTOMER, CUTOFF])
        return kept.sort_values([CUTOFF, CUSTOMER], ignore_index=True)
