"""What makes labels suspect: a base rate out of range, a window the log does not complete."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LabelGuard:
    """Limits of the base rate.

    Parameters
    ----------
    min_rate, max_rate : float, default 0.002 and 0.5
        Base rates outside are flagged.

    Examples
    --------
    >>> LabelGuard().problems(np.array([0.0, 0.0, np.nan]))
    ['base rate 0.00% of 2 rows is outside [0.2%, 50%]', '1 of 3 rows are censored']
    """

    min_rate: float = 0.002
    max_rate: float = 0.5

    def problems(self, y: np.ndarray) -> list[str]:
        """What is wrong with labels ``y`` (NaN where censored); empty when nothing is."""
        known = y[~np.isnan(y)]
        found = []
        rate = float(known.mean()) if len(known) else float("nan")
        if not self.min_rate <= rate <= self.max_rate:
            found.append(
                f"base rate {rate:.2%} of {len(known)} rows is outside "
                f"[{self.min_rate:.1%}, {self.max_rate:.0%}]"
            )
        if len(known) < len(y):
            found.append(f"{len(y) - len(known)} of {len(y)} rows are censored")
        return found
