"""How often and for how much a customer bought, up to some time before the cutoff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gosales.core.errors import ConfigError
from gosales.data.as_of import AsOfView
from gosales.features.family import FeatureBlock
from gosales.features.money import Money
from gosales.features.month_windows import month_windows
from gosales.features.spec import FeatureSpec
from gosales.features.turnover import Turnover


@dataclass(frozen=True)
class Offset:
    """Frequency and money over windows that end before the cutoff: what rfm would have said then.

    Parameters
    ----------
    months : sequence of int, default (3, 6, 12, 24)
        Lengths of the windows.
    lag_days : int, default 60
        Days between the windows' end and the cutoff.
    money : {"auto", "gp", "revenue"}, default "auto"
        What ``gp_sum`` and ``gp_mean`` add up, as in family ``rfm``.

    Notes
    -----
    Measures and formulas: `Turnover`. A line that became known only after a window's end is not
    in it.
    """

    months: Sequence[int] = (3, 6, 12, 24)
    lag_days: int = 60
    money: str = "auto"
    name: str = field(default="offset", init=False)

    def __post_init__(self) -> None:
        if self.lag_days <= 0:
            raise ConfigError(
                "the offset family is malformed",
                got=f"lag_days={self.lag_days}",
                allowed="lag_days >= 1; windows that end at the cutoff are family rfm's",
                remedy="mend features.families.offset.lag_days",
                reason_code="bad_family",
            )
        self._turnover()  # refuses a malformed window or money when the family is built

    def _turnover(self) -> Turnover:
        windows = month_windows(self.name, self.months, self.lag_days)
        return Turnover(self.name, windows, Money(self.money))

    def specs(self) -> list[FeatureSpec]:
        """Four measures for each scope and window."""
        return self._turnover().specs()

    def compute(self, view: AsOfView) -> FeatureBlock:
        """One pass over the lines for each scope."""
        return self._turnover().block(view)
