"""The counterpart of the as-of view: what happened in the label window, for labels alone."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import pandas as pd

from gosales.core.columns import CUTOFF, DIVISION_KEY, ORDER_DATE, SKU_KEY, TARGET
from gosales.core.timeline import Cutoff, Horizon
from gosales.data.engine import Engine
from gosales.data.star import TRANSACTIONS, Star
from gosales.data.star_table import star_table

_MEMBERSHIP = {TARGET: "string", DIVISION_KEY: "string", SKU_KEY: "string"}


class OutcomeView:
    """Lines in ``(cutoff + buffer, cutoff + buffer + horizon]`` of several cutoffs at once.

    Parameters
    ----------
    star : Star
        The data.
    cutoffs : sequence of Cutoff
        The cutoffs.
    horizon : Horizon
        Label window.
    engine : Engine
        Where the expressions run.
    membership : pandas.DataFrame
        Columns target, division_key, sku_key.
    """

    def __init__(
        self,
        star: Star,
        cutoffs: Sequence[Cutoff],
        horizon: Horizon,
        engine: Engine,
        membership: pd.DataFrame,
    ) -> None:
        self.star = star
        self.cutoffs = tuple(sorted(cutoffs))
        self.horizon = horizon
        self.engine = engine
        self._membership = engine.literal(membership, _MEMBERSHIP)

    def lines(self) -> ibis.Table:
        """Lines of every target in each cutoff's label window.

        Returns
        -------
        ibis.Table
            The transaction columns with ``cutoff``, ``target`` and ``days_after`` (whole days
            from the cutoff to the order date).
        """
        rows = []
        for cutoff in self.cutoffs:
            window = self.horizon.window(cutoff)
            rows.append({CUTOFF: cutoff.day, "_start": window.start, "_end": window.end})
        bounds = self.engine.literal(
            pd.DataFrame(rows), {CUTOFF: "date", "_start": "date", "_end": "date"}
        )
        lines = star_table(self.star, TRANSACTIONS, self.engine).cross_join(bounds)
        inside = lines.filter(
            (lines[ORDER_DATE] > lines["_start"]) & (lines[ORDER_DATE] <= lines["_end"])
        )
        inside = inside.mutate(days_after=inside[ORDER_DATE].delta(inside[CUTOFF], unit="day"))
        return inside.join(self._membership, [DIVISION_KEY, SKU_KEY], how="inner").drop(
            "_start", "_end"
        )
