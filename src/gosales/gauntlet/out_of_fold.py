"""Out-of-fold predictions of the training panel, as the cross-validation reports them."""

from __future__ import annotations

import numpy as np

from gosales.core.errors import InternalError
from gosales.evaluation.candidate import Candidate
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.fold_map import map_folds


def out_of_fold(context: GauntletContext) -> np.ndarray:
    """The reported out-of-fold predictions, or, if none were kept, those of a fresh run.

    Returns
    -------
    numpy.ndarray, shape (n,)
        One probability per row of ``context.training``; NaN for rows that are never validated.

    Raises
    ------
    InternalError
        If what was reported does not have one value per row.
    """
    n = len(context.training)
    if context.oof is not None:
        if context.oof.shape != (n,):
            raise InternalError(
                "the reported out-of-fold predictions do not fit the panel",
                got=f"shape {context.oof.shape}",
                allowed=f"({n},)",
            )
        return context.oof
    found = map_folds(
        _predict, context.candidate, context.training, context.plan, context.seed, context.n_jobs
    )
    out = np.full(n, np.nan)
    for fold, predictions in zip(context.plan.folds, found, strict=True):
        out[fold.valid] = predictions
    return out


def _predict(candidate: Candidate, panel: Panel, fold: Fold, seed: int) -> np.ndarray:
    return candidate.fit_fold(panel, fold)[1]
