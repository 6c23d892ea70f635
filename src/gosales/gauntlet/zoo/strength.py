"""How much of a leak a cell holds."""

from __future__ import annotations

from enum import StrEnum

from gosales.gauntlet.zoo.leak import Leak


class Strength(StrEnum):
    """Twin is the clean one; a world has no leak's mechanism at all."""

    STRONG = "strong"
    WEAK = "weak"
    TWIN = "twin"
    CLEAN = "clean"

    def amount_of(self, leak: Leak) -> float:
        """The amount to plant."""
        return {Strength.STRONG: leak.strong, Strength.WEAK: leak.weak}.get(self, 0.0)
