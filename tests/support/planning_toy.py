"""Toy candidates that choose their folds, some by the outcomes the folds are judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from tests.support.toy_candidate import ToyCandidate
from tests.support.toy_model import ToyScaler

from gosales.core.seeds import stable_buckets
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.features.panel import Panel
from gosales.gauntlet.rank_auc import rank_auc

_PLANS: list[FoldPlan] = []
_DRAWS = 5


class PlanningToy(ToyCandidate):
    """The toy, whose plan is made another ``way``.

    By outcomes to be judged: ``best_subset`` (half of a fold's training accounts, the best of some
    draws), ``best_cutoff`` (only the validation cutoff that scores best), ``stratified_subset``
    (as ``best_subset``, on accounts spread by label), ``best_training`` (the training cutoff that
    scores best). ``remembered``: the first plan this process made, for any panel. Honest:
    ``stratified``, ``half`` (of the training accounts, by name) and ``thinned`` (every second
    negative of a training part).
    """

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way

    def plan(self, panel: Panel) -> FoldPlan:
        if self.way.startswith("stratified"):
            panel = replace(panel, rows=panel.rows.assign(group=_spread(panel)))
        plan = super().plan(panel)
        if self.way == "best_cutoff":
            return replace(plan, folds=_best_cutoff(panel, plan.folds))
        if self.way == "remembered":
            _PLANS.append(plan)
            return _PLANS[0]
        train: Callable[[Panel, Fold], np.ndarray] = {
            "best_subset": _best_subset,
            "stratified_subset": _best_subset,
            "best_training": _best_training,
            "half": lambda panel, fold: _half(panel, fold, 5),
            "thinned": _thinned,
        }.get(self.way, lambda panel, fold: fold.train)
        folds = tuple(replace(f, train=train(panel, f)) for f in plan.folds)
        return replace(plan, folds=folds)


def _spread(panel: Panel) -> np.ndarray:
    """Account names that the hash of the toy's folds spreads by how often the account bought."""
    bought = panel.rows.groupby("group")["y"].sum()
    name = {g: f"{i % 7}-{int(n)}" for i, (g, n) in enumerate(sorted(bought.items()))}
    return panel.rows["group"].map(name).to_numpy(dtype=object)


def _half(panel: Panel, fold: Fold, draw: int) -> np.ndarray:
    side = stable_buckets([str(g) for g in panel.groups], 2, draw)
    return fold.train[side[fold.train] == 0]


def _thinned(panel: Panel, fold: Fold) -> np.ndarray:
    y = panel.y[fold.train]
    return fold.train[(y > 0) | (np.cumsum(y == 0) % 2 == 0)]


def _best_subset(panel: Panel, fold: Fold) -> np.ndarray:
    draws = [_half(panel, fold, draw) for draw in range(_DRAWS)]
    return max(draws, key=lambda train: _auc(panel, train, fold.valid))


def _best_training(panel: Panel, fold: Fold) -> np.ndarray:
    at = panel.rows["cutoff"].to_numpy(dtype=object)[fold.train]
    parts = [fold.train[at == c] for c in np.unique(at)]
    return max(parts, key=lambda train: _auc(panel, train, fold.valid))


def _best_cutoff(panel: Panel, folds: tuple[Fold, ...]) -> tuple[Fold, ...]:
    by: dict[str, list[Fold]] = {}
    for fold in folds:
        by.setdefault(fold.name.partition("/")[0], []).append(fold)
    best = max(by, key=lambda c: np.mean([_auc(panel, f.train, f.valid) for f in by[c]]))
    return tuple(by[best])


def _auc(panel: Panel, train: np.ndarray, valid: np.ndarray) -> float:
    Z = ToyScaler.learn(panel.X.iloc[train]).apply(panel.X).to_numpy()
    y = panel.y[train]
    weights = Z[train][y > 0].mean(axis=0) - Z[train][y == 0].mean(axis=0)
    return rank_auc(panel.y[valid], Z[valid] @ weights) or 0.0
