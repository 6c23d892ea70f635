"""The interface of a feature family: the way to add features, also from outside the package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import ibis

from gosales.data.as_of import AsOfView
from gosales.features.spec import FeatureSpec


@dataclass(frozen=True)
class FeatureBlock:
    """What a family computed: lazy tables, one per scope.

    Parameters
    ----------
    all : ibis.Table or None
        One row per (customer_id, cutoff) that has something to say; columns named by
        `FeatureSpec.name`.
    target : ibis.Table or None
        One row per (customer_id, cutoff, target) that has something to say.

    Notes
    -----
    Absent rows are filled by declaration: null when the spec is nullable, else zero.
    """

    all: ibis.Table | None = None
    target: ibis.Table | None = None


@runtime_checkable
class FeatureFamily(Protocol):
    """Features of one kind, computed from an as-of view and from nothing else.

    Attributes
    ----------
    name : str
        Equals the ``family`` of every spec.
    """

    name: str

    def specs(self) -> list[FeatureSpec]:
        """Every column the family may produce, whatever the data."""

    def compute(self, view: AsOfView) -> FeatureBlock:
        """The columns, as Ibis expressions over the view's tables."""
