"""An optional way for a candidate to give rosters and labels without all its features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.features.panel import Panel


@runtime_checkable
class OutcomeCandidate(Protocol):
    """A candidate whose labels can be rebuilt without paying for its features."""

    def outcomes(self, star: Star, cutoffs: Sequence[Cutoff]) -> Panel:
        """As `Candidate.build`, computed anew, with any or no feature columns."""
