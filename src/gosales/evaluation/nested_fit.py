"""The fit that ships: estimator on all rows given, calibrator on inner out-of-fold rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gosales.core.columns import CUTOFF
from gosales.core.errors import InternalError
from gosales.core.seeds import derive_seed
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.features.panel import Panel
from gosales.models.calibration_choice import CalibrationChoice
from gosales.models.calibration_rule import CalibrationRule
from gosales.models.fitted_model import FittedModel
from gosales.models.recipe import Recipe


@dataclass(frozen=True)
class NestedFit:
    """Result of `fit_nested`.

    Parameters
    ----------
    model : FittedModel
        Transforms and estimator of all rows, with the chosen calibrator.
    choice : CalibrationChoice
        Which calibrator, and why.
    inner_oof : numpy.ndarray, shape (n,)
        Raw out-of-fold predictions the calibrator learned from; NaN where a row was never held
        out.
    """

    model: FittedModel
    choice: CalibrationChoice
    inner_oof: np.ndarray


def fit_nested(
    recipe: Recipe,
    rule: CalibrationRule,
    panel: Panel,
    seed: int,
    inner_folds: FoldPlan,
    weights: np.ndarray | None = None,
) -> NestedFit:
    """Fit a recipe and its calibrator on the rows of a panel, and on nothing else.

    Parameters
    ----------
    recipe : Recipe
        Transforms and estimator.
    rule : CalibrationRule
        Chooses the calibrator.
    panel : Panel
        Training rows, all labelled.
    seed : int
        Root seed.
    inner_folds : FoldPlan
        Folds of these rows.
    weights : numpy.ndarray, shape (n,), optional
        Row weights.

    Raises
    ------
    DegenerateError
        If there is one class, or no feature varies.
    InternalError
        If the inner folds hold nothing out.
    """
    oof = np.full(len(panel), np.nan)
    for fold in inner_folds.folds:
        oof[fold.valid] = _held_out(recipe, panel, fold, seed, weights)
    held = ~np.isnan(oof)
    if not held.any():
        raise InternalError("the inner folds hold no row out", remedy="mend the splitter")
    choice = rule.choose(
        oof[held],
        panel.y[held],
        panel.groups[held],
        derive_seed(seed, "calibration"),
        weights=None if weights is None else weights[held],
        cutoffs=panel.rows[CUTOFF].to_numpy(dtype=object)[held],
    )
    transforms, estimator = recipe.fit_raw(
        panel.X, panel.y, weights, panel.specs, derive_seed(seed, "fit")
    )
    model = FittedModel(panel.specs, transforms, estimator, choice.fitted)
    return NestedFit(model, choice, oof)


def _held_out(
    recipe: Recipe, panel: Panel, fold: Fold, seed: int, weights: np.ndarray | None
) -> np.ndarray:
    """Raw predictions of the rows an inner fold holds out."""
    part = panel.take(fold.train)
    transforms, estimator = recipe.fit_raw(
        part.X,
        part.y,
        None if weights is None else weights[fold.train],
        part.specs,
        derive_seed(seed, "inner", fold.name),
    )
    X = panel.take(fold.valid).X
    for transform in transforms:
        X = transform.apply(X)
    return estimator.predict(X)
