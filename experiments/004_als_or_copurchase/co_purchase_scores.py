"""Plain co-purchase with shrinkage, as two families beside the package: the rival of ALS."""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, diags

from gosales.core.columns import CUSTOMER, CUTOFF, DIVISION_KEY, SKU_KEY, TARGET
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.co_purchase import co_purchase
from gosales.features.embedding.interactions import Interactions
from gosales.features.embedding.item_names import item_names
from gosales.features.embedding.net_quantities import net_quantities
from gosales.features.embedding.rows_at import rows_at
from gosales.features.embedding.target_pairs import target_pairs
from gosales.features.exact_parts import PARTS, exact_parts
from gosales.features.family import FeatureBlock
from gosales.features.scored_table import scored_table
from gosales.features.spec import FeatureSpec

_PAIR = [DIVISION_KEY, SKU_KEY]
_OWN = [CUSTOMER, CUTOFF, TARGET]


@dataclass(frozen=True)
class CoPurchase:
    """SKU against target: n_both / (sqrt(n_sku n_target) + shrink), over the SKUs bought."""

    months: int = 24
    lag_days: int = 30
    shrink: float = 10.0
    name: str = field(default="copurchase", init=False)

    @property
    def _windows(self) -> tuple[Lookback, ...]:
        return (Lookback(months=self.months), Lookback(months=self.months, lag_days=self.lag_days))

    def specs(self) -> list[FeatureSpec]:
        """The scores, now and lagged."""
        return [s for window in self._windows for s in self._of(window)]

    def _of(self, window: Lookback) -> list[FeatureSpec]:
        return [
            FeatureSpec(
                self.name, measure, "target", window, measure, nullable=True, adjacency=True
            )
            for measure in ("cosine_sum", "cosine_max", "cosine_mean")
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """Count, then add up what each account bought."""
        now, lagged = (self._measured(view, window) for window in self._windows)
        both = now.outer_join(lagged, _OWN)
        keys = {k: ibis.coalesce(both[k], both[f"{k}_right"]) for k in _OWN}
        return FeatureBlock(
            target=both.select(**keys, **{s.name: both[s.name] for s in self.specs()})
        )

    def _measured(self, view: AsOfView, window: Lookback) -> ibis.Table:
        counts, bought = co_purchase(view, window)
        size = (counts["n_item"] * counts["n_target"]).cast("float64").sqrt()
        cosine = counts["n_both"].cast("float64") / (size + self.shrink)
        near = counts.select(CUTOFF, TARGET, *_PAIR, _parts=exact_parts(cosine))
        rows = bought.join(near, [CUTOFF, *_PAIR])
        total = rows["_parts"].sum().cast("float64") / float(PARTS)
        values = [total, rows["_parts"].max().cast("float64") / float(PARTS)]
        values.append(total / rows.count().cast("float64"))
        named = dict(zip((s.name for s in self._of(window)), values, strict=True))
        return rows.group_by(_OWN).aggregate(**named)


@dataclass(frozen=True)
class ItemCoPurchase:
    """SKU against SKU: the sum of shrunk cosines between what was bought and the target's SKUs."""

    months: int = 24
    lag_days: int = 30
    shrink: float = 10.0
    name: str = field(default="itemcosine", init=False)

    @property
    def _windows(self) -> tuple[Lookback, ...]:
        return (Lookback(months=self.months), Lookback(months=self.months, lag_days=self.lag_days))

    def specs(self) -> list[FeatureSpec]:
        """The scores, now and lagged."""
        return [
            FeatureSpec(self.name, "sum", "target", w, "sum", nullable=True, adjacency=True)
            for w in self._windows
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """Count, then add up what each account bought."""
        net, pairs = net_quantities(view, self._windows), target_pairs(view, [])
        names, parts = [s.name for s in self.specs()], []
        for cutoff in view.cutoffs:
            bought, wanted = rows_at(view, net, cutoff), rows_at(view, pairs, cutoff)
            found = [self._near(Interactions.of(bought, _PAIR, w.token)) for w in self._windows]
            customers = pd.Index(sorted({c for at, _ in found for c in at.customers}))
            for target, mine in wanted.groupby(TARGET):
                items = item_names(mine, _PAIR)
                frame = {CUSTOMER: customers, CUTOFF: cutoff.day, TARGET: target}
                for name, (at, near) in zip(names, found, strict=True):
                    own = np.flatnonzero(at.items.isin(items))
                    others = np.flatnonzero(~at.items.isin(items))
                    pull = np.asarray(near[others][:, own].sum(axis=1)).ravel()
                    held = (at.weights[:, others] > 0).astype("float64")
                    score = pd.Series(held @ pull, index=at.customers)
                    frame[name] = score.reindex(customers).to_numpy()
                parts.append(pd.DataFrame(frame))
        return FeatureBlock(target=scored_table(view, parts, names, _OWN))

    def _near(self, at: Interactions) -> tuple[Interactions, csr_matrix]:
        held = (at.weights > 0).astype("float64")
        both = (held.T @ held).tocsr()
        root = np.sqrt(both.diagonal())
        rows, columns = both.nonzero()
        both.data = both.data / (root[rows] * root[columns] + self.shrink)
        return at, both - diags(both.diagonal()).tocsr()
