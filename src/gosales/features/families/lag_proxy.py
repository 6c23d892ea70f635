"""Short purchase rates that end before the cutoff: what SAFE puts in place of short windows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import ibis

from gosales.core.columns import IS_PURCHASE
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.family import FeatureBlock
from gosales.features.money import Money
from gosales.features.spec import FeatureSpec

_Scope = Literal["all", "target"]
_DAYS = 30.0


@dataclass(frozen=True)
class LagProxy:
    """Purchase lines and money per 30 days over a short lagged window.

    Parameters
    ----------
    window_days : int, default 60
        Length of the window.
    lag_days : int, default 30
        Days between the window's end and the cutoff.
    money : {"auto", "gp", "revenue"}, default "auto"
        What ``gp_rate`` adds up, as in family ``rfm``.

    Notes
    -----
    ``tx_rate`` = purchase lines × 30 / window_days; ``gp_rate`` = net money of all lines, returns
    included, × 30 / window_days. With the defaults the window is (cutoff - 90 d, cutoff - 30 d].
    The columns exist only while SAFE is on (``is_lag_proxy``).
    """

    window_days: int = 60
    lag_days: int = 30
    money: str = "auto"
    name: str = field(default="lag_proxy", init=False)

    def __post_init__(self) -> None:
        Money(self.money)  # refuses an unknown kind when the family is built
        Lookback(days=self.window_days, lag_days=self.lag_days)

    @property
    def _money(self) -> Money:
        return Money(self.money)

    @property
    def _window(self) -> Lookback:
        return Lookback(days=self.window_days, lag_days=self.lag_days)

    def specs(self) -> list[FeatureSpec]:
        """Two rates for each scope."""
        return [*self._of("all"), *self._of("target")]

    def _of(self, scope: _Scope) -> list[FeatureSpec]:
        return [
            FeatureSpec(
                self.name,
                measure,
                scope,
                self._window,
                described(f"{words} per 30 days", scope, self._window),
                monotone=1,
                is_lag_proxy=True,
                money=measure == "gp_rate",
            )
            for measure, words in (("tx_rate", "order lines"), ("gp_rate", self._money.words))
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """One pass over the lines for each scope."""
        lines = view.recent(view.transactions())
        return FeatureBlock(
            all=self._measured(view, lines, "all"),
            target=self._measured(view, view.by_target(lines), "target"),
        )

    def _measured(self, view: AsOfView, lines: ibis.Table, scope: _Scope) -> ibis.Table:
        inside = view.within(lines, self._window)
        count = lines.count(where=inside & lines[IS_PURCHASE]).cast("float64")
        total = self._money.of(lines).sum(where=inside).cast("float64").fill_null(0.0)
        names = [spec.name for spec in self._of(scope)]
        rates = [value * _DAYS / float(self.window_days) for value in (count, total)]
        return lines.group_by(view.keys(lines)).aggregate(**dict(zip(names, rates, strict=True)))
