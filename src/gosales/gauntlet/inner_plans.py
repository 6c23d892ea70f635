"""The folds a candidate makes inside its training rows, where it shows them."""

from __future__ import annotations

from collections.abc import Iterator

from gosales.evaluation.fold import FoldPlan
from gosales.evaluation.nested_candidate import NestedCandidate
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext


def inner_plans(context: GauntletContext) -> Iterator[tuple[str, Panel, FoldPlan]]:
    """Where it is, the rows it splits, and the plan, for every internal fit.

    Yields
    ------
    tuple of str, Panel, FoldPlan
        First the fit that ships, then one per outer fold; nothing when the candidate is not a
        `NestedCandidate`.
    """
    candidate = context.candidate
    if not isinstance(candidate, NestedCandidate):
        return
    yield "inner of the shipped fit", context.training, candidate.inner_plan(context.training)
    for fold in context.plan.folds:
        part = context.training.take(fold.train)
        yield f"inner of {fold.name}", part, candidate.inner_plan(part)
