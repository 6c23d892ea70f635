"""How many lines and how much money a customer's windows hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import ibis

from gosales.core.columns import GROSS_PROFIT, IS_PURCHASE, REVENUE
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.family import FeatureBlock
from gosales.features.money import Money
from gosales.features.spec import FeatureSpec

_Scope = Literal["all", "target"]


@dataclass(frozen=True)
class Turnover:
    """Count, money, mean and margin of some windows, for all lines and the target's.

    Parameters
    ----------
    family : str
        Family the columns belong to.
    windows : tuple of Lookback
        Each gives four columns for each scope.
    money : Money
        What ``gp_sum`` and ``gp_mean`` add up.

    Notes
    -----
    With P the purchase lines and L all lines (returns too) of a window:

    - ``tx_count`` = |P|;
    - ``gp_sum`` = sum of money over L, so returns count against it; zero without lines;
    - ``gp_mean`` = gp_sum / tx_count, null without a purchase;
    - ``margin`` = gross profit / revenue over the lines of L that know both, null where none does
      or their net revenue is not positive.

    Money is summed as DECIMAL and counts as integers; only the result becomes a float.

    Examples
    --------
    >>> half = Turnover("offset", (Lookback(months=6, lag_days=60),), Money())
    >>> half.specs()[0].name
    'offset__tx_count__all__6m_lag60d'
    """

    family: str
    windows: tuple[Lookback, ...]
    money: Money

    def specs(self) -> list[FeatureSpec]:
        """Four measures for each scope and window."""
        scopes: tuple[_Scope, ...] = ("all", "target")
        return [s for scope in scopes for w in self.windows for s in self._of(scope, w)]

    def _of(self, scope: _Scope, window: Lookback) -> list[FeatureSpec]:
        def says(what: str) -> str:
            return described(what, scope, window)

        return [
            FeatureSpec(self.family, "tx_count", scope, window, says("order lines"), monotone=1),
            FeatureSpec(
                self.family, "gp_sum", scope, window, says(self.money.words), monotone=1, money=True
            ),
            FeatureSpec(
                self.family,
                "gp_mean",
                scope,
                window,
                says(f"{self.money.words} per order line"),
                nullable=True,
                money=True,
            ),
            FeatureSpec(self.family, "margin", scope, window, says("gross margin"), nullable=True),
        ]

    def block(self, view: AsOfView) -> FeatureBlock:
        """One pass over the lines for each scope."""
        lines = view.recent(view.transactions())
        return FeatureBlock(
            all=self._measured(view, lines, "all"),
            target=self._measured(view, view.by_target(lines), "target"),
        )

    def _measured(self, view: AsOfView, lines: ibis.Table, scope: _Scope) -> ibis.Table:
        columns: dict[str, ibis.Value] = {}
        for window in self.windows:
            names = [spec.name for spec in self._of(scope, window)]
            values = self._values(lines, view.within(lines, window))
            columns.update(zip(names, values, strict=True))
        return lines.group_by(view.keys(lines)).aggregate(**columns)

    def _values(self, lines: ibis.Table, inside: ibis.Value) -> list[ibis.Value]:
        count = lines.count(where=inside & lines[IS_PURCHASE])
        total = self.money.of(lines).sum(where=inside).cast("float64").fill_null(0.0)
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
