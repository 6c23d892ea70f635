"""Accounts on both sides of a fold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gosales.evaluation.fold import FoldPlan
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.hosted_candidate import HostedCandidate
from gosales.gauntlet.zoo.shared_accounts import with_shared_accounts
from gosales.gauntlet.zoo.specimen import Specimen


@dataclass(frozen=True)
class BothFolds:
    """The reported folds let some validated accounts train at earlier cutoffs.

    Parameters
    ----------
    weak, strong : float
        Share of the validated accounts.
    """

    weak: float = 0.02
    strong: float = 1.0
    name: str = field(default="both_folds", init=False)
    caught_by: tuple[str, ...] = field(default=("group_overlap",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with such folds."""
        return Specimen(_Splitting(habitat.candidate, amount), habitat.star)


class _Splitting(HostedCandidate):
    def plan(self, panel: Panel) -> FoldPlan:
        plan = super().plan(panel)
        folds = [with_shared_accounts(panel, f, self.amount, self.seed) for f in plan.folds]
        return replace(plan, folds=tuple(folds))
