"""Challenger against champion on the same forward rows."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """Paired difference, challenger minus champion, with a customer-block interval.

    Parameters
    ----------
    metric : str
        What is compared, for example ``auc``.
    challenger : float
        The challenger's value.
    champion : float
        The champion's value on the same rows.
    lo : float
        Lower bound of the 95 % interval of the difference; NaN where there is none.
    hi : float
        Upper bound.
    positive_accounts : int
        Accounts with a positive label among the rows.
    cutoff : str
        Cutoff of the rows.
    """

    metric: str
    challenger: float
    champion: float
    lo: float
    hi: float
    positive_accounts: int
    cutoff: str

    @property
    def difference(self) -> float:
        """Challenger minus champion."""
        return self.challenger - self.champion

    def reasons(self, margin: float, min_positive_accounts: int) -> list[str]:
        """Why the challenger may be worse; empty when it is shown not to be.

        Parameters
        ----------
        margin : float
            Non-inferiority margin.
        min_positive_accounts : int
            Fewer give no interval.

        Examples
        --------
        >>> c = Comparison("auc", 0.75, 0.74, -0.005, 0.02, 80, "2024-12-31")
        >>> c.reasons(0.01, 40), len(c.reasons(0.001, 40))
        ([], 1)
        """
        where = f"{self.metric} on the forward rows of {self.cutoff}"
        values = (self.challenger, self.champion, self.lo, self.hi)
        if self.positive_accounts < min_positive_accounts:
            return [
                f"the comparison with the champion is insufficient: {self.positive_accounts} "
                f"positive accounts, {min_positive_accounts} are needed ({where})"
            ]
        if not all(map(math.isfinite, values)):
            return [f"the comparison with the champion is not finite: {values} ({where})"]
        if not self.lo > -margin:
            return [
                f"it may be worse than the champion: {where} {self.difference:+.4f}, interval "
                f"[{self.lo:+.4f}, {self.hi:+.4f}], needed above {-margin:+.4f}"
            ]
        return []
