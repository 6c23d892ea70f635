"""Whether a customer buys more than before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import ibis

from gosales.core.columns import IS_PURCHASE
from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.family import FeatureBlock
from gosales.features.money import Money
from gosales.features.spec import FeatureSpec

_Scope = Literal["all", "target"]
_SCOPES: tuple[_Scope, ...] = ("all", "target")


@dataclass(frozen=True)
class Delta:
    """The later half of a window against its earlier half: difference and bounded ratio.

    Parameters
    ----------
    months : int, default 12
        Length of each half; the window is twice as long.
    lag_days : int, default 30
        The lagged twins see the history as it was so many days before the cutoff; the SAFE
        policy keeps them when it drops the others.
    money : {"auto", "gp", "revenue"}, default "auto"
        What ``gp_sum`` adds up, as in family ``rfm``.

    Notes
    -----
    With a the last ``months`` months of the window and b the months before them:
    ``<measure>_change`` = a - b, zero without lines; ``<measure>_ratio`` = (a - b)/(|a| + |b|),
    in [-1, 1], null when both are zero. ``tx_count`` counts purchase lines, ``gp_sum`` nets
    returns. Both halves count what was known at the end of the whole window.
    """

    months: int = 12
    lag_days: int = 30
    money: str = "auto"
    name: str = field(default="delta", init=False)

    def __post_init__(self) -> None:
        Money(self.money)  # refuses an unknown kind when the family is built
        if self.months <= 0 or self.lag_days <= 0:
            raise ConfigError(
                "the delta family is malformed",
                got=f"months={self.months}, lag_days={self.lag_days}",
                allowed="months >= 1 and lag_days >= 1",
                remedy="mend features.families.delta",
                reason_code="bad_family",
            )

    @property
    def _money(self) -> Money:
        return Money(self.money)

    @property
    def _windows(self) -> Sequence[Lookback]:
        whole = 2 * self.months
        return [Lookback(months=whole), Lookback(months=whole, lag_days=self.lag_days)]

    def specs(self) -> list[FeatureSpec]:
        """Change and ratio of count and money for each scope, now and lagged."""
        return [s for scope in _SCOPES for w in self._windows for s in self._of(scope, w)]

    def _of(self, scope: _Scope, window: Lookback) -> list[FeatureSpec]:
        told = [("tx_count", "order lines"), ("gp_sum", self._money.words)]
        return [
            FeatureSpec(
                self.name,
                f"{measure}_{kind}",
                scope,
                window,
                self._says(f"{change} of {words}", scope, window),
                nullable=kind == "ratio",
                adjacency=True,
                money=(measure, kind) == ("gp_sum", "change"),
            )
            for measure, words in told
            for kind, change in (("change", "change"), ("ratio", "relative change"))
        ]

    def _says(self, what: str, scope: _Scope, window: Lookback) -> str:
        place = " in this division" if scope == "target" else ""
        then = f", {window.lag_days} days before the cutoff" if window.lag_days else ""
        return f"{what}{place}, last {self.months} months against the {self.months} before{then}"

    def compute(self, view: AsOfView) -> FeatureBlock:
        """One pass over the lines for each scope."""
        lines = view.recent(view.transactions())
        return FeatureBlock(
            all=self._measured(view, lines, "all"),
            target=self._measured(view, view.by_target(lines), "target"),
        )

    def _measured(self, view: AsOfView, lines: ibis.Table, scope: _Scope) -> ibis.Table:
        columns: dict[str, ibis.Value] = {}
        for window in self._windows:
            inside = view.within(lines, window)
            late = view.in_later_half(lines, window)
            counts = [lines.count(where=w & lines[IS_PURCHASE]) for w in (inside, late)]
            sums = [self._money.of(lines).sum(where=w) for w in (inside, late)]
            values = [value for pair in (counts, sums) for value in _compared(*pair)]
            names = [spec.name for spec in self._of(scope, window)]
            columns.update(zip(names, values, strict=True))
        return lines.group_by(view.keys(lines)).aggregate(**columns)


def _compared(whole: ibis.Value, late: ibis.Value) -> list[ibis.Value]:
    """Change and ratio; differences are taken before a float loses anything."""
    late, whole = late.fill_null(0), whole.fill_null(0)
    early = whole - late
    change = (late - early).cast("float64")
    size = late.abs().cast("float64") + early.abs().cast("float64")
    return [change, change / size.nullif(0.0)]
