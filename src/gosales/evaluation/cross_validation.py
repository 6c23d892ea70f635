"""Out-of-fold predictions of a candidate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gosales.core.errors import InternalError
from gosales.core.progress import Progress, SilentProgress
from gosales.evaluation.candidate import Candidate
from gosales.evaluation.fold import FoldPlan
from gosales.features.panel import Panel


@dataclass(frozen=True)
class CrossValidation:
    """Honest predictions: each by a model that saw neither the row, its account nor its months.

    Parameters
    ----------
    rows : numpy.ndarray of int, shape (m,)
        Positions in the panel, ascending: the rows of the validation cutoffs.
    predictions : numpy.ndarray, shape (m,)
        Calibrated probability of each.
    folds : numpy.ndarray of str, shape (m,)
        Name of the fold that predicted each.
    n_rows : int
        Rows of the panel.
    plan : FoldPlan
        How the folds were made.
    """

    rows: np.ndarray
    predictions: np.ndarray
    folds: np.ndarray
    n_rows: int
    plan: FoldPlan

    @property
    def oof(self) -> np.ndarray:
        """One value per panel row, shape (n,); NaN where a row is never validated."""
        out = np.full(self.n_rows, np.nan)
        out[self.rows] = self.predictions
        return out


def cross_validate(
    candidate: Candidate, panel: Panel, plan: FoldPlan, progress: Progress | None = None
) -> CrossValidation:
    """Fit every fold and predict its validation rows.

    Parameters
    ----------
    candidate : Candidate
        Fits on ``fold.train`` only; calibration and selection happen inside.
    panel : Panel
        The labelled training panel.
    plan : FoldPlan
        Folds of this panel.
    progress : Progress, optional
        Advanced once per fold; the caller names the task.

    Raises
    ------
    InternalError
        If a prediction is missing or no probability, or a row is validated twice.
    """
    listener = progress or SilentProgress()
    rows, predictions, names = [], [], []
    for fold in plan.folds:
        _, found = candidate.fit_fold(panel, fold)
        _check(fold.name, found, len(fold.valid))
        rows.append(fold.valid)
        predictions.append(np.asarray(found, dtype="float64"))
        names.append(np.full(len(fold.valid), fold.name, dtype=object))
        listener.advance()
    at = np.concatenate(rows)
    if len(np.unique(at)) != len(at):
        raise InternalError("a row is validated twice", remedy="mend the splitter")
    order = np.argsort(at)
    return CrossValidation(
        rows=at[order],
        predictions=np.concatenate(predictions)[order],
        folds=np.concatenate(names)[order],
        n_rows=len(panel),
        plan=plan,
    )


def _check(name: str, found: np.ndarray, n: int) -> None:
    sound = found.shape == (n,) and bool(((found >= 0.0) & (found <= 1.0)).all())
    if not sound:
        raise InternalError(
            "a fold did not return probabilities",
            got=f"shape {found.shape} for {n} rows in fold {name}, or values outside [0, 1]",
            allowed="one finite value in [0, 1] per validation row",
            remedy="mend the candidate's fit_fold",
        )
