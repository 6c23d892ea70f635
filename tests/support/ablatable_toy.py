"""A toy candidate that can be fitted on other columns than its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from tests.support.toy_candidate import TRAINING, ToyCandidate
from tests.support.toy_model import ToyLogistic, ToyScaler

from gosales.core.seeds import stable_buckets
from gosales.core.timeline import Cutoff, Lookback
from gosales.data.star import Star
from gosales.evaluation.fixed_fit import FixedFit
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.features.safe import SafePolicy
from gosales.features.spec import FeatureSpec
from gosales.models.column_importance import column_importance

NEAR = FeatureSpec(
    "recency", "glow", "all", Lookback(months=12), "what happened last", adjacency=True
)
SHORT = FeatureSpec("rfm", "tx_count", "all", Lookback(months=1), "orders of a month")


class AblatableToy(ToyCandidate):
    """The toy, with two more columns that SAFE drops.

    ``afterglow``: the near column is what the sale left in the log, in training months only;
    ``ships_near``: the model that ships uses both columns; ``one_column``: one of its columns is
    nearly the label, honestly or not. Without leaks the two columns are noise.
    """

    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        panel = self.build_every_column(star, cutoffs)
        if "ships_near" in self.leaks:
            return panel
        kept = self.kept_by("on")
        specs = tuple(s for s in panel.specs if s.name in kept)
        return replace(panel, X=panel.X[[s.name for s in specs]], specs=specs)

    def build_every_column(self, star: Star, cutoffs: Sequence[Cutoff]) -> Panel:
        panel = super().build(star, cutoffs)
        keys = (panel.rows["customer_id"] + panel.rows["cutoff"]).tolist()
        glow, orders = (stable_buckets(keys, 100, k) / 100.0 for k in (5, 6))
        if "afterglow" in self.leaks:
            seen = panel.rows["cutoff"].isin([str(c) for c in TRAINING]).to_numpy()
            glow = np.where(seen, np.nan_to_num(panel.y) + glow, glow)
        X = panel.X.assign(**{NEAR.name: glow, SHORT.name: orders})
        if "one_column" in self.leaks:
            X["toy__count__target__12m"] = np.nan_to_num(panel.y) * 3.0 + glow
        return replace(panel, X=X, specs=(*panel.specs, NEAR, SHORT))

    def kept_by(self, mode: str) -> frozenset[str]:
        declared = (*self._specs, NEAR, SHORT)
        return frozenset(s.name for s in SafePolicy(mode).kept(declared))

    def fit_fixed(self, panel: Panel, fold: Fold) -> FixedFit:
        train, valid = panel.take(fold.train), panel.take(fold.valid)
        scaler = ToyScaler.learn(train.X)
        model = ToyLogistic.learn(scaler.apply(train.X), train.y)
        shares = column_importance(model.importance(), panel.specs)
        return FixedFit(model.predict(scaler.apply(valid.X)), shares)
