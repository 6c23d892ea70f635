"""Proof: nothing outside the training rows of a fold enters its model."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from gosales.core.seeds import derive_seed
from gosales.evaluation.candidate import Candidate
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.fold_map import map_folds
from gosales.gauntlet.model_digest import model_digests
from gosales.gauntlet.panel_difference import bits_differ
from gosales.gauntlet.withheld_outcomes import withheld_outcomes
from gosales.models.fitted_model import FittedModel

_EXTREME_SHARE = 0.1  # of the rows: moves means, caps, quantiles and counts of levels alike
_PARTS = ("transforms", "estimator", "calibrator")


class FitScope:
    """Refits every fold with falsified rows outside its training part.

    Two experiments a fold. *Labels*: all labels outside the training rows are scrambled; the
    model and every validation prediction must stay. *Features*: the features of all rows outside
    the training part are falsified but for half of the validation rows; the fitted transforms,
    the estimator, the calibrator and the predictions of the untouched rows must stay. Early
    stopping, thresholds, calibration, target encoding, scaling, caps, vocabularies or selection on
    rows that are reported all break one of the two. A falsified feature has only values that it
    has in other rows, the highest numbers and the rarest categories: it stays in its domain.

    Parameters
    ----------
    max_examples : int, default 20
        Changes listed in the finding; all are counted.

    Notes
    -----
    All folds are tried, none is sampled. Equality is to the last bit.
    """

    name = "fit_scope"
    subject = Subject.LEAK
    is_proof = True

    def __init__(self, max_examples: int = 20) -> None:
        self.max_examples = max_examples

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when a falsified outside row changes a model part or another prediction."""
        folds = context.plan.folds
        if not folds or any(not len(f.train) or not len(f.valid) for f in folds):
            return finding_of(self, Outcome.INCONCLUSIVE, "the plan has no complete fold", {})
        if not len(context.training.X.columns):
            return finding_of(self, Outcome.INCONCLUSIVE, "there is no column to falsify", {})
        found = map_folds(
            _probe,
            context.candidate,
            context.training,
            context.plan,
            derive_seed(context.seed, self.name),
            context.n_jobs,
        )
        flat = [change for changes in found for change in changes]
        values = {"folds": len(folds), "refits": 2 * len(folds), "changes": len(flat)}
        figure = _figure(context, flat)
        if flat:
            reason = (
                f"{len(flat)} changes; first: in fold {flat[0]['fold']} the {flat[0]['changed']} "
                f"changed with {flat[0]['experiment']}"
            )
            return finding_of(self, Outcome.FAIL, reason, values, flat[: self.max_examples], figure)
        reason = f"{values['refits']} refits with falsified outside rows changed nothing"
        return finding_of(self, Outcome.PASS, reason, values, figure=figure)


def _figure(context: GauntletContext, found: list[dict[str, Any]]) -> dict[str, Any]:
    changes, n = Counter(str(f["fold"]) for f in found), len(context.training)
    return {
        "kind": "counts",
        "title": "Changes in fits whose outside rows are falsified",
        **figure_source("each fold of the training panel", {"": context.training}),
        "no_interval": "bits are equal or not, none is estimated",
        "head": ["training rows", "rows falsified", "changes"],
        "rows": [
            [f"fold {f.name}", [len(f.train), n - len(f.train), changes[f.name]]]
            for f in context.plan.folds
        ],
        "offences": True,
    }


def _probe(candidate: Candidate, panel: Panel, fold: Fold, seed: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(derive_seed(seed, fold.name))
    model, predictions = candidate.fit_fold(panel, fold)
    found = []
    if bits_differ(predictions, model.predict(panel.X.iloc[fold.valid])).any():
        found.append(_change(fold, "nothing", "model's own predictions"))

    outside = np.ones(len(panel), dtype=bool)
    outside[fold.train] = False
    other, scrambled = candidate.fit_fold(withheld_outcomes(panel, outside, rng), fold)
    found += _changes(fold, "scrambled labels", model, other)
    if bits_differ(predictions, scrambled).any():
        found.append(_change(fold, "scrambled labels", "validation predictions"))

    kept = _untouched(panel, fold, rng)
    outside[fold.valid[kept]] = False
    other, perturbed = candidate.fit_fold(_falsify(panel, outside, rng), fold)
    found += _changes(fold, "falsified features", model, other)
    if bits_differ(predictions[kept], perturbed[kept]).any():
        found.append(_change(fold, "falsified features", "predictions of untouched rows"))
    return found


def _change(fold: Fold, experiment: str, changed: str) -> dict[str, Any]:
    return {"fold": fold.name, "experiment": experiment, "changed": changed}


def _changes(
    fold: Fold, experiment: str, before: FittedModel, after: FittedModel
) -> list[dict[str, Any]]:
    a, b = model_digests(before), model_digests(after)
    return [_change(fold, experiment, part) for part in _PARTS if a[part] != b[part]]


def _untouched(panel: Panel, fold: Fold, rng: np.random.Generator) -> np.ndarray:
    """Half of the validation rows; last those with a category that no training row has.

    Such a category shows a vocabulary learnt on all rows, but only where all its rows lose it.
    """
    strange = np.zeros(len(fold.valid), dtype=bool)
    for name in panel.X.columns:
        column = panel.X[name]
        if not pd.api.types.is_numeric_dtype(column):
            known = column.iloc[fold.train].unique()
            strange |= ~column.iloc[fold.valid].isin(known).to_numpy(dtype=bool)
    order = rng.permutation(len(fold.valid))
    order = order[np.argsort(strange[order], kind="stable")]
    return order[: (len(fold.valid) + 1) // 2]


def _falsify(panel: Panel, where: np.ndarray, rng: np.random.Generator) -> Panel:
    """Each feature of some rows drawn from the extremes that it has in the other rows.

    No feature leaves its domain: an honest transform need not know what lies beyond (the logarithm
    of a negative count, a category that nobody has).
    """
    X = panel.X.copy()
    for name in X.columns:
        extremes = _extremes(X[name], np.flatnonzero(~where))
        take = np.arange(len(X))
        take[where] = rng.choice(extremes, int(where.sum()))
        X[name] = X[name].iloc[take].set_axis(X.index)
    return panel.with_features(X)


def _extremes(column: pd.Series, rows: np.ndarray) -> np.ndarray:
    """The tenth of some rows with the highest numbers or the rarest categories of a column."""
    known = rows[column.iloc[rows].notna().to_numpy()]
    if not len(known):
        return rows
    values = column.iloc[known]
    if pd.api.types.is_numeric_dtype(column):
        height = values.to_numpy(dtype="float64")
    else:
        texts = values.astype(str)
        height = -texts.map(texts.value_counts()).to_numpy(dtype="float64")
    order = np.argsort(height, kind="stable")
    return np.asarray(known[order[-math.ceil(len(known) * _EXTREME_SHARE) :]])
