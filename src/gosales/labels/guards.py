"""What makes labels suspect: a base rate out of range, a window the log does not complete."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gosales.core.errors import ConfigError


@dataclass(frozen=True)
class LabelGuard:
    """Limits of the base rate.

    Parameters
    ----------
    min_rate, max_rate : float, default 0.002 and 0.5
        Base rates outside are flagged.

    Raises
    ------
    ConfigError
        If the limits are not two shares in order.

    Examples
    --------
    >>> LabelGuard().problems(np.array([0.0, 0.0, np.nan]))
    ['base rate 0.00% of 2 rows is outside [0.2%, 50%]', '1 of 3 rows are censored']
    """

    min_rate: float = 0.002
    max_rate: float = 0.5

    def __post_init__(self) -> None:
        if not 0.0 <= self.min_rate <= self.max_rate <= 1.0:
            raise ConfigError(
                "the limits of the base rate are malformed",
                got=f"min_rate={self.min_rate}, max_rate={self.max_rate}",
                allowed="two shares from 0 to 1, the first not above the second",
                remedy="mend label_guard",
                reason_code="bad_label_guard",
            )

    def is_outside(self, rate: float) -> bool:
        """Whether a base rate is out of range; a rate of no rows (NaN) is."""
        return not self.min_rate <= rate <= self.max_rate

    def problems(self, y: np.ndarray) -> list[str]:
        """What is wrong with labels ``y`` (NaN where censored); empty when nothing is."""
        known = y[~np.isnan(y)]
        found = []
        rate = float(known.mean()) if len(known) else float("nan")
        if len(known) and self.is_outside(rate):
            found.append(
                f"base rate {rate:.2%} of {len(known)} rows is outside "
                f"[{self.min_rate:.1%}, {self.max_rate:.0%}]"
            )
        if len(known) < len(y):
            found.append(f"{len(y) - len(known)} of {len(y)} rows are censored")
        if not len(y):
            found.append("there are no rows")
        return found
