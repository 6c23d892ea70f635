"""A candidate with one column more, which a leak fills."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from gosales.core.columns import CUTOFF, KNOWN_DATE, ORDER_DATE
from gosales.core.timeline import Cutoff, Lookback
from gosales.data.star import TRANSACTIONS, Star
from gosales.features.panel import Panel
from gosales.features.spec import FeatureSpec
from gosales.gauntlet.zoo.hosted_candidate import HostedCandidate
from gosales.gauntlet.zoo.raw_table import on_or_before, raw_table

_EVER = Lookback()


class PlantedColumn(HostedCandidate):
    """Adds a number per row that says it is a feature over all history.

    Its declaration and recorded provenance are those of an honest column; only its values may
    know more.
    """

    measure = "planted"

    @abstractmethod
    def values(self, star: Star, panel: Panel, cutoff: Cutoff) -> np.ndarray:
        """The column at one cutoff, shape (rows of ``panel``,), from the raw log."""

    @property
    def spec(self) -> FeatureSpec:
        """Declaration of the column."""
        words = f"planted: {self.measure}"
        return FeatureSpec("planted", self.measure, "all", _EVER, words, nullable=True)

    @property
    def registered_columns(self) -> frozenset[str]:
        """The host's, and the planted one."""
        return super().registered_columns | {self.spec.name}

    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        """The host's panel with the column at its end."""
        return self._extended(star, super().build(star, cutoffs, cached=cached))

    def _extended(self, star: Star, panel: Panel) -> Panel:
        column = np.full(len(panel), np.nan)
        for cutoff in panel.cutoffs:
            here = (panel.rows[CUTOFF] == str(cutoff)).to_numpy()
            column[here] = self.values(star, panel.at([cutoff]), cutoff)
        records = [panel.provenance, *(_record(self.spec, star, c) for c in panel.cutoffs)]
        return replace(
            panel,
            X=panel.X.assign(**{self.spec.name: column}),
            specs=(*panel.specs, self.spec),
            provenance=pd.concat(records, ignore_index=True),
        )


def _record(spec: FeatureSpec, star: Star, cutoff: Cutoff) -> pd.DataFrame:
    """What an as-of view would have recorded for a window over all history."""
    lines = raw_table(star, TRANSACTIONS, [ORDER_DATE, KNOWN_DATE])
    known = on_or_before(lines[ORDER_DATE], cutoff) & on_or_before(lines[KNOWN_DATE], cutoff)
    newest = None if not known.any() else str(lines.loc[known, KNOWN_DATE].max())
    row = {"feature": spec.name, CUTOFF: str(cutoff), "newest_date": newest, "source": "recorded"}
    return pd.DataFrame([row])
