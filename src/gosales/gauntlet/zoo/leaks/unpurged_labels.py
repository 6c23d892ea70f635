"""Training label windows that reach to the validation cutoff or beyond it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gosales.evaluation.fold import FoldPlan
from gosales.evaluation.purged_grouped import PurgedGroupedSplitter
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.hosted_candidate import HostedCandidate
from gosales.gauntlet.zoo.specimen import Specimen

_STEP_MONTHS = 3


@dataclass(frozen=True)
class UnpurgedLabels:
    """Folds that count a purge in rows, or forget it.

    Cutoffs are three months apart. The purge is forgotten, and of the label window ``amount``
    months.

    Parameters
    ----------
    weak, strong : float
        Months of the label window that are forgotten beside the purge: below 1, windows only
        touch the validation cutoff.
    """

    weak: float = 0.5
    strong: float = 5.0
    name: str = field(default="unpurged_labels", init=False)
    caught_by: tuple[str, ...] = field(default=("horizon_purge",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with cutoffs three months apart and such folds."""
        host = habitat.candidate
        panel = replace(host.training, n_cutoffs=4, step_months=_STEP_MONTHS)
        return Specimen(_Near(replace(host, training=panel), amount), habitat.star)


class _Near(HostedCandidate):
    def plan(self, panel: Panel) -> FoldPlan:
        return self._splitter().plan(panel) if self.amount else super().plan(panel)

    def _splitter(self) -> PurgedGroupedSplitter:
        months = self.host.horizon.months - int(self.amount)
        own: PurgedGroupedSplitter = self.host.splitter
        return replace(own, purge_days=0, horizon_months=max(months, 1))
