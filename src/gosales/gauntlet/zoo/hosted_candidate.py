"""A candidate that does what another does; leaks override a part of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from gosales.core.timeline import Cutoff, Horizon
from gosales.data.star import Star
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.evaluation.outcome_candidate import OutcomeCandidate
from gosales.evaluation.permutable_candidate import PermutableCandidate
from gosales.features.panel import Panel
from gosales.models.fitted_model import FittedModel


class HostedCandidate:
    """Hands every request on to an honest host.

    Parameters
    ----------
    host : Candidate
        An honest one, or another hosted one: leaks can be combined.
    amount : float
        How much of the leak; 0 for none.
    """

    def __init__(self, host: Any, amount: float) -> None:
        self.host = host
        self.amount = amount

    @property
    def horizon(self) -> Horizon:
        """Label window, as declared."""
        declared: Horizon = self.host.horizon
        return declared

    @property
    def purge_days(self) -> int:
        """Days between a training label window and a test cutoff, as declared."""
        return int(self.host.purge_days)

    @property
    def seed(self) -> int:
        """Root seed."""
        return int(self.host.seed)

    @property
    def registered_columns(self) -> frozenset[str]:
        """Names declared by the registered families."""
        declared: frozenset[str] = self.host.registered_columns
        return declared

    def training_cutoffs(self, star: Star) -> tuple[Cutoff, ...]:
        """The cutoffs of the training panel, earliest first."""
        found: tuple[Cutoff, ...] = self.host.training_cutoffs(star)
        return found

    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        """Roster, labels and features at some cutoffs."""
        panel: Panel = self.host.build(star, cutoffs, cached=cached)
        return panel

    def outcomes(self, star: Star, cutoffs: Sequence[Cutoff]) -> Panel:
        """Roster and labels at some cutoffs, with some features."""
        if not isinstance(self.host, OutcomeCandidate):
            return self.build(star, cutoffs, cached=False)
        panel: Panel = self.host.outcomes(star, cutoffs)
        return panel

    def plan(self, panel: Panel) -> FoldPlan:
        """The folds that are reported."""
        plan: FoldPlan = self.host.plan(panel)
        return plan

    def inner_plan(self, panel: Panel) -> FoldPlan:
        """The folds a nested fit on these rows makes."""
        plan: FoldPlan = self.host.inner_plan(panel)
        return plan

    def fit(self, panel: Panel) -> FittedModel:
        """The model that ships."""
        model: FittedModel = self.host.fit(panel)
        return model

    def fit_fold(self, panel: Panel, fold: Fold) -> tuple[FittedModel, np.ndarray]:
        """The model of one fold and its validation predictions."""
        found: tuple[FittedModel, np.ndarray] = self.host.fit_fold(panel, fold)
        return found

    def fit_permuted(
        self, panel: Panel, fold: Fold, labels: Iterable[np.ndarray], seeds: Sequence[int]
    ) -> Iterator[np.ndarray]:
        """One raw fit of the fixed recipe per label vector, as the host makes it."""
        if isinstance(self.host, PermutableCandidate):
            yield from self.host.fit_permuted(panel, fold, labels, seeds)
            return
        for permuted in labels:
            y = panel.y.copy()
            y[fold.train] = permuted
            yield self.fit_fold(panel.with_labels(y), fold)[1]
