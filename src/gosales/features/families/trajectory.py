"""Where a customer's monthly business is heading, and how much it swings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import ibis

from gosales.core.columns import IS_PURCHASE
from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.family import FeatureBlock
from gosales.features.money import Money
from gosales.features.month_windows import month_windows
from gosales.features.spec import FeatureSpec

_Scope = Literal["all", "target"]
_SCOPES: tuple[_Scope, ...] = ("all", "target")
_MONTH = "_month"
_MOST_MONTHS = 99
# Money of a window up to 10^13, so that no engine has to round a square or a sum of squares; one
# factor of each product is wider than 18 digits, or DuckDB keeps the product in 18.
_EXACT = "decimal(17, 4)"
_WIDE = "decimal(19, 4)"


@dataclass(frozen=True)
class Trajectory:
    """Slope and standard deviation of monthly counts and money, months without lines included.

    Parameters
    ----------
    months : int, default 12
        Months of the window, 2 to 99; they are steps back from its end and not calendar
        months.
    lag_days : int, default 30
        The lagged twins see the history as it was so many days before the cutoff; the SAFE
        policy keeps them when it drops the others.
    money : {"auto", "gp", "revenue"}, default "auto"
        What ``gp_sum`` adds up, as in family ``rfm``.

    Notes
    -----
    With M months, k = 0 the latest, and y_k the month's measure (zero where there is no line):

    - ``<measure>_slope`` = 6 sum_k (M - 1 - 2k) y_k / (M (M^2 - 1)), the least-squares slope over
      the months in order of time, in units per month;
    - ``<measure>_sd`` = sqrt(M sum y_k^2 - (sum y_k)^2) / M, the standard deviation of the M
      months.

    The sums are exact (DECIMAL and integers), so the standard deviation of equal months is zero
    and no result depends on the order of rows. ``tx_count`` counts purchase lines, ``gp_sum``
    nets returns. Money beyond 10^13 within a window is refused by the engine.
    """

    months: int = 12
    lag_days: int = 30
    money: str = "auto"
    name: str = field(default="trajectory", init=False)

    def __post_init__(self) -> None:
        Money(self.money)  # refuses an unknown kind when the family is built
        month_windows(self.name, [self.months])
        if not 2 <= self.months <= _MOST_MONTHS or self.lag_days <= 0:
            raise ConfigError(
                "the trajectory family is malformed",
                got=f"months={self.months}, lag_days={self.lag_days}",
                allowed=f"2 <= months <= {_MOST_MONTHS} and lag_days >= 1",
                remedy="mend features.families.trajectory",
                reason_code="bad_family",
            )

    @property
    def _money(self) -> Money:
        return Money(self.money)

    @property
    def _windows(self) -> Sequence[Lookback]:
        return [Lookback(months=self.months), Lookback(months=self.months, lag_days=self.lag_days)]

    def specs(self) -> list[FeatureSpec]:
        """Slope and standard deviation of count and money for each scope, now and lagged."""
        return [s for scope in _SCOPES for w in self._windows for s in self._of(scope, w)]

    def _of(self, scope: _Scope, window: Lookback) -> list[FeatureSpec]:
        told = [("tx_count", "order lines"), ("gp_sum", self._money.words)]
        return [
            FeatureSpec(
                self.name,
                f"{measure}_{kind}",
                scope,
                window,
                described(f"{says} of monthly {words}", scope, window),
                adjacency=True,
                money=measure == "gp_sum",
            )
            for measure, words in told
            for kind, says in (("slope", "trend"), ("sd", "swing"))
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """For each scope and window, one row per month first; then a few sums over those."""
        lines = view.recent(view.transactions())
        return FeatureBlock(
            all=self._measured(view, lines, "all"),
            target=self._measured(view, view.by_target(lines), "target"),
        )

    def _measured(self, view: AsOfView, lines: ibis.Table, scope: _Scope) -> ibis.Table:
        parts = [self._monthly(view, lines, w).mutate(_of=i) for i, w in enumerate(self._windows)]
        monthly = ibis.union(*parts)
        columns: dict[str, ibis.Value] = {}
        for i, window in enumerate(self._windows):
            mine = monthly["_of"] == i
            values = [*self._values(monthly, "_n", mine), *self._values(monthly, "_gain", mine)]
            names = [spec.name for spec in self._of(scope, window)]
            columns.update(zip(names, values, strict=True))
        return monthly.group_by(view.keys(lines)).aggregate(**columns)

    def _monthly(self, view: AsOfView, lines: ibis.Table, window: Lookback) -> ibis.Table:
        inside = lines.filter(view.within(lines, window))
        month = view.months_back(inside, window).name(_MONTH)
        return inside.group_by([*view.keys(inside), month]).aggregate(
            _n=inside.count(where=inside[IS_PURCHASE]).cast(_EXACT),
            _gain=self._money.of(inside).sum().cast(_EXACT),
        )

    def _values(self, monthly: ibis.Table, what: str, mine: ibis.Value) -> list[ibis.Value]:
        m, y = self.months, monthly[what]
        wide = y.cast(_WIDE)
        weight = (ibis.literal(m - 1, "int64") - 2 * monthly[_MONTH]).cast("decimal(3, 0)")
        tilt = (wide * weight).sum(where=mine).cast("float64")
        total = wide.sum(where=mine).cast(_EXACT)
        squares = (y * wide).sum(where=mine).cast("decimal(34, 8)")
        spread = squares * ibis.literal(m, "decimal(2, 0)") - total * total.cast(_WIDE)
        slope = tilt * 6.0 / float(m * (m * m - 1))
        swing = spread.cast("float64").sqrt() / float(m)
        return [slope.fill_null(0.0), swing.fill_null(0.0)]
