"""How often and for how much a customer bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gosales.data.as_of import AsOfView
from gosales.features.family import FeatureBlock
from gosales.features.money import Money
from gosales.features.month_windows import month_windows
from gosales.features.spec import FeatureSpec
from gosales.features.turnover import Turnover


@dataclass(frozen=True)
class Rfm:
    """Frequency and money over windows that end at the cutoff, for all lines and the target's.

    Parameters
    ----------
    months : sequence of int, default (3, 6, 12, 24)
        Lengths of the windows.
    money : {"auto", "gp", "revenue"}, default "auto"
        What ``gp_sum`` and ``gp_mean`` add up; ``auto`` falls back to revenue on lines whose
        gross profit is unknown.

    Notes
    -----
    Measures and formulas: `Turnover`.
    """

    months: Sequence[int] = (3, 6, 12, 24)
    money: str = "auto"
    name: str = field(default="rfm", init=False)

    def __post_init__(self) -> None:
        self._turnover()  # refuses a malformed window or money when the family is built

    def _turnover(self) -> Turnover:
        return Turnover(self.name, month_windows(self.name, self.months), Money(self.money))

    def specs(self) -> list[FeatureSpec]:
        """Four measures for each scope and window."""
        return self._turnover().specs()

    def compute(self, view: AsOfView) -> FeatureBlock:
        """One pass over the lines for each scope."""
        return self._turnover().block(view)
