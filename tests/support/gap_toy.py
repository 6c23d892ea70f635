"""A toy with a windowed column that is made with an attribute."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from tests.support.toy_candidate import ToyCandidate

from gosales.core.timeline import Cutoff
from gosales.data.star import CUSTOMERS, Star
from gosales.features.panel import Panel

GAP = "toy__gp_sum__all__6m"
_ORDERS = "toy__count__target__12m"


class GapToy(ToyCandidate):
    """The toy without static columns; one windowed column is ``size`` minus last year's orders."""

    def __init__(self) -> None:
        super().__init__("no_static")

    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        panel = super().build(star, cutoffs, cached=cached)
        size = pd.read_parquet(star.table(CUSTOMERS)).set_index("customer_id")["size"]
        gap = panel.rows["customer_id"].map(size) - panel.X[_ORDERS]
        return panel.with_features(panel.X.assign(**{GAP: gap.to_numpy(dtype="float64")}))
