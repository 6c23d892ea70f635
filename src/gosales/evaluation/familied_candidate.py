"""An optional way for a candidate to show the families its features come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.data.star import Star
from gosales.features.family import FeatureFamily


@runtime_checkable
class FamiliedCandidate(Protocol):
    """A candidate whose features are computed by families from an as-of view."""

    @property
    def families(self) -> Sequence[FeatureFamily]:
        """The families, in the order they are computed."""

    def family_view(self, star: Star, cutoffs: Sequence[Cutoff]) -> AsOfView:
        """The view a build at these cutoffs gives them."""
