"""The candidate as a black box: everything the gauntlet needs to audit any pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from gosales.core.timeline import Cutoff, Horizon
from gosales.data.star import Star
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.features.panel import Panel
from gosales.models.fitted_model import FittedModel


@runtime_checkable
class Candidate(Protocol):
    """Features, SAFE policy, splitter, estimator and calibration rule of one target.

    Attributes
    ----------
    horizon : Horizon
        Label window.
    purge_days : int
        Days between the end of a training label window and a test cutoff.
    seed : int
        Root seed; everything the candidate does is a function of it and of the data.
    registered_columns : frozenset of str
        Names of the columns that the registered families declare.
    """

    @property
    def horizon(self) -> Horizon:
        """Label window."""

    @property
    def purge_days(self) -> int:
        """Days between a training label window and a test cutoff."""

    @property
    def seed(self) -> int:
        """Root seed."""

    @property
    def registered_columns(self) -> frozenset[str]:
        """Names declared by the registered families."""

    def training_cutoffs(self, star: Star) -> tuple[Cutoff, ...]:
        """The cutoffs of the training panel, earliest first."""

    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        """Roster, labels and features at some cutoffs, rebuilt from a star.

        ``cached=False`` computes everything anew.
        """

    def plan(self, panel: Panel) -> FoldPlan:
        """The folds of cross-validation."""

    def fit(self, panel: Panel) -> FittedModel:
        """The nested fit that ships: estimator on all rows, calibrator on inner out-of-fold."""

    def fit_fold(self, panel: Panel, fold: Fold) -> tuple[FittedModel, np.ndarray]:
        """The model of one fold, fitted on ``fold.train`` only, and its validation predictions."""
