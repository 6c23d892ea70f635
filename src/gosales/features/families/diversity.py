"""How many different things a customer buys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import ibis

from gosales.core.columns import DIVISION_KEY, IS_PURCHASE, SKU_KEY
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.family import FeatureBlock
from gosales.features.month_windows import month_windows
from gosales.features.spec import FeatureSpec

_Scope = Literal["all", "target"]


@dataclass(frozen=True)
class Diversity:
    """Distinct SKUs bought (all and target) and distinct divisions bought from.

    Parameters
    ----------
    months : sequence of int, default (3, 6, 12, 24)
        Lengths of the windows.

    Notes
    -----
    Counts the distinct keys among the purchase lines of a window: names that differ in case or
    blanks only are one. A SKU sold by two divisions is one SKU.
    """

    months: Sequence[int] = (3, 6, 12, 24)
    name: str = field(default="diversity", init=False)

    def __post_init__(self) -> None:
        month_windows(self.name, self.months)

    @property
    def _windows(self) -> tuple[Lookback, ...]:
        return month_windows(self.name, self.months)

    def specs(self) -> list[FeatureSpec]:
        """SKUs for both scopes, divisions for all lines, for each window."""
        scopes: tuple[_Scope, ...] = ("all", "target")
        return [s for scope in scopes for w in self._windows for s in self._of(scope, w)]

    def _of(self, scope: _Scope, window: Lookback) -> list[FeatureSpec]:
        says = described("different products bought", scope, window)
        found = [FeatureSpec(self.name, "sku_count", scope, window, says)]
        if scope == "all":
            says = described("divisions bought from", scope, window)
            found.append(FeatureSpec(self.name, "division_count", scope, window, says))
        return found

    def compute(self, view: AsOfView) -> FeatureBlock:
        """For each scope, one row per thing bought first; then counts of those."""
        lines = view.recent(view.transactions())
        return FeatureBlock(
            all=self._measured(view, lines, "all"),
            target=self._measured(view, view.by_target(lines), "target"),
        )

    def _measured(self, view: AsOfView, lines: ibis.Table, scope: _Scope) -> ibis.Table:
        lines = lines.filter(view.within(lines, self._windows[-1]) & lines[IS_PURCHASE])
        keys = view.keys(lines)
        # Windows end together, so the shortest that holds a line says which ones do.
        held = [(view.within(lines, w), i) for i, w in enumerate(self._windows)]
        lines = lines.mutate(_rank=ibis.cases(*held))
        skus = self._counted(lines, keys, SKU_KEY, "sku_count", scope)
        if scope == "target":
            return skus
        divisions = self._counted(lines, keys, DIVISION_KEY, "division_count", scope)
        return skus.join(divisions, keys)

    def _counted(
        self, lines: ibis.Table, keys: list[str], what: str, measure: str, scope: _Scope
    ) -> ibis.Table:
        # One row per thing first: counting those is many times cheaper than a distinct count.
        things = lines.group_by([*keys, what]).aggregate(_rank=lines["_rank"].min())
        columns = {
            spec.name: things.count(where=things["_rank"] <= i).cast("float64")
            for i, window in enumerate(self._windows)
            for spec in self._of(scope, window)
            if spec.measure == measure
        }
        return things.group_by(keys).aggregate(**columns)
