"""A number with its confidence interval, or the reason why it has none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Interval:
    """One measured value.

    Parameters
    ----------
    value : float or None
        None where the value is not defined; ``note`` says why.
    lo, hi : float or None
        Bounds; None where there is no interval; ``note`` says why.
    note : str
        Empty when nothing is missing.

    Examples
    --------
    >>> Interval(0.8, 0.7, 0.9).lies_above(0.5)
    True
    >>> Interval(0.8, None, None, "insufficient").lies_above(0.5)
    False
    """

    value: float | None
    lo: float | None = None
    hi: float | None = None
    note: str = ""

    @property
    def has_bounds(self) -> bool:
        """Whether value and both bounds are there and finite."""
        parts = (self.value, self.lo, self.hi)
        return all(part is not None and bool(np.isfinite(part)) for part in parts)

    def lies_above(self, limit: float) -> bool:
        """Whether the whole interval is above a limit; False when there is none."""
        return self.has_bounds and self.lo is not None and self.lo > limit

    def lies_below(self, limit: float) -> bool:
        """Whether the whole interval is below a limit; False when there is none."""
        return self.has_bounds and self.hi is not None and self.hi < limit
