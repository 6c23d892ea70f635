"""How often and for how much a customer bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import ibis

from gosales.core.columns import GROSS_PROFIT, IS_PURCHASE, REVENUE
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.family import FeatureBlock
from gosales.features.money import Money
from gosales.features.month_windows import month_windows
from gosales.features.spec import FeatureSpec

_Scope = Literal["all", "target"]


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
    With P the purchase lines and L all lines (returns too) of a window:

    - ``tx_count`` = |P|;
    - ``gp_sum`` = sum of money over L, so returns count against it; zero without lines;
    - ``gp_mean`` = gp_sum / tx_count, null without a purchase;
    - ``margin`` = gross profit / revenue over the lines of L that know both, null where none does
      or their net revenue is not positive.

    Money is summed as DECIMAL and counts as integers; only the result becomes a float.
    """

    months: Sequence[int] = (3, 6, 12, 24)
    money: str = "auto"
    name: str = field(default="rfm", init=False)

    def __post_init__(self) -> None:
        Money(self.money)  # refuses an unknown kind when the family is built
        month_windows(self.name, self.months)

    @property
    def _money(self) -> Money:
        return Money(self.money)

    @property
    def _windows(self) -> tuple[Lookback, ...]:
        return month_windows(self.name, self.months)

    def specs(self) -> list[FeatureSpec]:
        """Four measures for each scope and window."""
        scopes: tuple[_Scope, ...] = ("all", "target")
        return [s for scope in scopes for w in self._windows for s in self._of(scope, w)]

    def _of(self, scope: _Scope, window: Lookback) -> list[FeatureSpec]:
        def says(what: str) -> str:
            return described(what, scope, window)

        return [
            FeatureSpec(self.name, "tx_count", scope, window, says("order lines"), monotone=1),
            FeatureSpec(
                self.name, "gp_sum", scope, window, says(self._money.words), monotone=1, money=True
            ),
            FeatureSpec(
                self.name,
                "gp_mean",
                scope,
                window,
                says(f"{self._money.words} per order line"),
                nullable=True,
                money=True,
            ),
            FeatureSpec(self.name, "margin", scope, window, says("gross margin"), nullable=True),
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """One pass over the lines for each scope."""
        lines = view.transactions()
        return FeatureBlock(
            all=self._measured(view, lines, "all"),
            target=self._measured(view, view.by_target(lines), "target"),
        )

    def _measured(self, view: AsOfView, lines: ibis.Table, scope: _Scope) -> ibis.Table:
        # All windows end at the cutoff, so the longest holds every line that any of them needs.
        lines = lines.filter(view.within(lines, self._windows[-1]))
        columns: dict[str, ibis.Value] = {}
        for window in self._windows:
            names = [spec.name for spec in self._of(scope, window)]
            values = self._values(lines, view.within(lines, window))
            columns.update(zip(names, values, strict=True))
        return lines.group_by(view.keys(lines)).aggregate(**columns)

    def _values(self, lines: ibis.Table, inside: ibis.Value) -> list[ibis.Value]:
        count = lines.count(where=inside & lines[IS_PURCHASE])
        total = self._money.of(lines).sum(where=inside).cast("float64").fill_null(0.0)
        gp, revenue = lines[GROSS_PROFIT], lines[REVENUE]
        both = inside & gp.notnull() & revenue.notnull()
        net = revenue.sum(where=both)
        return [
            count.cast("float64"),
            total,
            total / count.cast("float64").nullif(0.0),
            # Net revenue of zero or less has no margin: the quotient's sign would mislead.
            gp.sum(where=both).cast("float64") / (net > 0).ifelse(net.cast("float64"), None),
        ]
