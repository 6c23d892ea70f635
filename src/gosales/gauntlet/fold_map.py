"""One piece of work per fold, in this process or in several."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gosales.evaluation.candidate import Candidate
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.features.panel import Panel

T = TypeVar("T")
FoldWork = Callable[[Candidate, Panel, Fold, int], T]


def map_folds(
    work: FoldWork[T],
    candidate: Candidate,
    panel: Panel,
    plan: FoldPlan,
    seed: int,
    n_jobs: int,
) -> list[T]:
    """Apply ``work(candidate, panel, fold, seed)`` to every fold, results in fold order.

    Parameters
    ----------
    work : callable
        A function of a module (it may cross process borders); a function of its arguments only.
    candidate, panel, plan, seed
        Handed on.
    n_jobs : int
        Processes; 1 stays in this one.
    """
    if n_jobs == 1 or len(plan.folds) < 2:
        return [work(candidate, panel, fold, seed) for fold in plan.folds]
    from joblib import Parallel, delayed

    found: list[T] = Parallel(n_jobs=n_jobs)(
        delayed(work)(candidate, panel, fold, seed) for fold in plan.folds
    )
    return found
