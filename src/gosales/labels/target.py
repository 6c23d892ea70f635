"""What is predicted: a division, or a set of SKUs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gosales.core.errors import ConfigError
from gosales.core.slug import name_key, slug

MEASURES = ("auto", "gp", "revenue", "quantity")


@dataclass(frozen=True)
class Target:
    """A division or SKU set whose purchase within the horizon is the label.

    Parameters
    ----------
    name : str
        Name as people say it; its slug is the key in paths, models and tables.
    division : str, optional
        Division of the log, matched whatever its case; the name when neither it nor ``skus`` is
        given.
    skus : sequence of str, optional
        SKUs, matched whatever their case; exclusive with ``division``.
    measure : {"auto", "gp", "revenue", "quantity"}, default "auto"
        What is summed over the window; ``auto`` is what the source declares.
    threshold : float, default 0
        The label is 1 when the net measure lies above it.

    Raises
    ------
    ConfigError
        If the name is empty, both or an empty SKU set is given, or the measure is unknown.

    Examples
    --------
    >>> Target("Garden & Outdoor").key
    'garden_outdoor'
    """

    name: str
    division: str | None = None
    skus: Sequence[str] | None = None
    measure: str = "auto"
    threshold: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", str(self.name))
        if self.skus is not None and not isinstance(self.skus, str):
            object.__setattr__(self, "skus", tuple(str(s) for s in self.skus))
        elif self.skus is None and self.division is None:
            object.__setattr__(self, "division", self.name)
        faults = list(self._faults())
        if faults:
            raise ConfigError(
                "the target is malformed",
                got="; ".join(faults),
                allowed="a name, and either a division or a list of SKUs",
                remedy="mend the division's YAML, or give division.name",
                reason_code="bad_target",
            )

    def _faults(self) -> list[str]:
        faults = []
        if not self.name.strip():
            faults.append("the name is empty")
        if self.skus is not None and self.division is not None:
            faults.append("both a division and SKUs are given")
        if isinstance(self.skus, str):
            faults.append(f"skus={self.skus!r} is not a list: write skus=[{self.skus}]")
        if self.skus is not None and not self.skus:
            faults.append("the SKU set is empty")
        if self.measure not in MEASURES:
            faults.append(f"measure={self.measure!r} is none of {', '.join(MEASURES)}")
        if not isinstance(self.threshold, (int, float)) or not math.isfinite(self.threshold):
            faults.append(f"threshold={self.threshold!r} is not a finite number")
        return faults

    @property
    def key(self) -> str:
        """Path-safe key."""
        return slug(self.name)

    def measured_by(self, declared: str) -> str:
        """What is summed, given the measure the source declares."""
        return declared if self.measure == "auto" else self.measure

    @property
    def division_key(self) -> str | None:
        """Key on which the division is matched; None for a SKU set."""
        return None if self.division is None else name_key(self.division)

    @property
    def sku_keys(self) -> frozenset[str]:
        """Keys on which SKUs are matched; empty for a division."""
        return frozenset(name_key(s) for s in self.skus or ())
