"""Accounts on both sides of a fold inside a training part."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from gosales.core.seeds import derive_seed
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.evaluation.nested_fit import fit_nested
from gosales.features.panel import Panel
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.hosted_candidate import HostedCandidate
from gosales.gauntlet.zoo.shared_accounts import with_shared_accounts
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.models.fitted_model import FittedModel


@dataclass(frozen=True)
class InnerOverlap:
    """The folds from which the calibrator learns share accounts.

    Parameters
    ----------
    weak, strong : float
        Share of the accounts an inner fold holds out.
    """

    weak: float = 0.02
    strong: float = 1.0
    name: str = field(default="inner_overlap", init=False)
    caught_by: tuple[str, ...] = field(default=("group_overlap",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate with such inner folds."""
        return Specimen(_Calibrating(habitat.candidate, amount), habitat.star)


class _Calibrating(HostedCandidate):
    def inner_plan(self, panel: Panel) -> FoldPlan:
        plan = super().inner_plan(panel)
        folds = [with_shared_accounts(panel, f, self.amount, self.seed) for f in plan.folds]
        return replace(plan, folds=tuple(folds))

    def fit(self, panel: Panel) -> FittedModel:
        return self._nested(panel.labelled())

    def fit_fold(self, panel: Panel, fold: Fold) -> tuple[FittedModel, np.ndarray]:
        model = self._nested(panel.take(fold.train), fold.name)
        return model, model.predict(panel.take(fold.valid).X)

    def _nested(self, panel: Panel, *purpose: str) -> FittedModel:
        seed = derive_seed(self.seed, "fit", *purpose)
        host = self.host
        return fit_nested(host.recipe, host.rule, panel, seed, self.inner_plan(panel)).model
