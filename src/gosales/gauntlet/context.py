"""What a check may look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gosales.core.progress import Progress, SilentProgress
from gosales.core.timeline import Cutoff
from gosales.data.engine import Engine
from gosales.data.star import Star
from gosales.evaluation.candidate import Candidate
from gosales.evaluation.fold import FoldPlan
from gosales.features.panel import Panel
from gosales.gauntlet.candidate_parcel import parcel_of
from gosales.models.fitted_model import FittedModel


@dataclass(frozen=True)
class GauntletContext:
    """The candidate as a black box, with the data and the model that would ship.

    Parameters
    ----------
    candidate : Candidate
        Rebuilds features, plans folds and fits.
    star : Star
        The data the candidate was trained on.
    cutoff : Cutoff
        The requested cutoff (the forward test's).
    training : Panel
        The labelled training panel.
    forward : Panel
        The panel at ``cutoff``; its labels are null when the label window is incomplete.
    plan : FoldPlan
        The folds of the cross-validation that was reported.
    model : FittedModel
        The model that would ship.
    engine : Engine
        For rebuilding variants of the star.
    workdir : pathlib.Path
        Scratch space, emptied afterwards.
    seed : int
        Root seed of the audit.
    n_jobs : int, default 1
        Processes a check may use.
    progress : Progress
        Listener.
    parcel : bytes, optional
        The candidate as it was before any check asked it for anything (`parcel_of`).
    oof : numpy.ndarray, shape (len(training),), optional
        The out-of-fold predictions that were reported, NaN where a row is never validated. Given,
        they are audited; absent, checks that need them fit anew.
    """

    candidate: Candidate
    star: Star
    cutoff: Cutoff
    training: Panel
    forward: Panel
    plan: FoldPlan
    model: FittedModel
    engine: Engine
    workdir: Path
    seed: int
    n_jobs: int = 1
    progress: Progress = field(default_factory=SilentProgress)
    parcel: bytes | None = None
    oof: np.ndarray | None = None
    shared: dict[str, Any] = field(default_factory=dict)

    @property
    def packed(self) -> bytes:
        """The candidate for a `SealedProcess`: as it was at first, else as it is now."""
        return parcel_of(self.candidate) if self.parcel is None else self.parcel
