"""How much of what a customer bought went back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import ibis

from gosales.core.columns import GROSS_PROFIT, QUANTITY, REVENUE
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.family import FeatureBlock
from gosales.features.month_windows import month_windows
from gosales.features.spec import FeatureSpec

_Scope = Literal["all", "target"]
_SCOPES: tuple[_Scope, ...] = ("all", "target")


@dataclass(frozen=True)
class Returns:
    """Count and rate of negative lines, for all lines and the target's.

    Parameters
    ----------
    months : sequence of int, default (12, 24)
        Lengths of the windows.

    Notes
    -----
    A line is negative when its quantity is below zero or, where the log gives no quantity, its
    gross profit or revenue is: the mirror image of a purchase line.
    ``line_count`` = negative lines of the window; ``line_rate`` = line_count / all lines of the
    window, null without a line.
    """

    months: Sequence[int] = (12, 24)
    name: str = field(default="returns", init=False)

    def __post_init__(self) -> None:
        month_windows(self.name, self.months)

    @property
    def _windows(self) -> tuple[Lookback, ...]:
        return month_windows(self.name, self.months)

    def specs(self) -> list[FeatureSpec]:
        """Count and rate for each scope and window."""
        return [s for scope in _SCOPES for w in self._windows for s in self._of(scope, w)]

    def _of(self, scope: _Scope, window: Lookback) -> list[FeatureSpec]:
        count = described("lines sent back", scope, window)
        rate = described("share of lines sent back", scope, window)
        return [
            FeatureSpec(self.name, "line_count", scope, window, count),
            FeatureSpec(self.name, "line_rate", scope, window, rate, nullable=True),
        ]

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
            back = lines.count(where=inside & _is_negative(lines)).cast("float64")
            every = lines.count(where=inside).cast("float64")
            names = [spec.name for spec in self._of(scope, window)]
            columns.update(zip(names, [back, back / every.nullif(0.0)], strict=True))
        return lines.group_by(view.keys(lines)).aggregate(**columns)


def _is_negative(lines: ibis.Table) -> ibis.Value:
    by_money = [(lines[c] < 0).fill_null(False) for c in (GROSS_PROFIT, REVENUE)]
    return (lines[QUANTITY] < 0).fill_null(by_money[0] | by_money[1])
