"""Proof: no account stands on both sides of a fold, outer or inner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.inner_plans import inner_plans


class GroupOverlap:
    """Intersects accounts, customers and rows of training and validation, fold by fold.

    Also: the validation rows of the folds partition the rows of the validation cutoffs. Where the
    candidate shows the folds of its internal fits, those are audited too.

    Parameters
    ----------
    max_examples : int, default 20
        Overlaps listed in the finding; all are counted.
    """

    name = "group_overlap"
    subject = Subject.LEAK
    is_proof = True

    def __init__(self, max_examples: int = 20) -> None:
        self.max_examples = max_examples

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when the overlap is not empty or validation rows do not partition."""
        if not context.plan.folds or not len(context.training):
            return finding_of(self, Outcome.INCONCLUSIVE, "there are no folds to compare", {})
        found = list(_faults(context.training, context.plan, "outer"))
        found += _partition_faults(context.training, context.plan)
        inner = list(inner_plans(context))
        for where, part, plan in inner:
            found += _faults(part, plan, where)
        values = {
            "folds": len(context.plan.folds),
            "inner_folds": sum(len(plan.folds) for _, _, plan in inner),
            "inner_audited": bool(inner),
            "overlaps": len(found),
        }
        figure = _figure(context, found)
        if found:
            reason = f"{len(found)} overlaps; first: {found[0]['what']} in {found[0]['fold']}"
            return finding_of(
                self, Outcome.FAIL, reason, values, found[: self.max_examples], figure
            )
        reason = f"no account, customer or row is shared in {values['folds']} folds"
        return finding_of(self, Outcome.PASS, reason, values, figure=figure)


def _figure(context: GauntletContext, found: list[dict[str, Any]]) -> dict[str, Any]:
    groups = context.training.groups
    faults = Counter(str(f["fold"]) for f in found)
    rows: list[list[Any]] = []
    for fold in context.plan.folds:
        sides = [len(set(groups[side])) for side in (fold.train, fold.valid)]
        rows.append([f"fold {fold.name}", [*sides, faults.pop(f"outer {fold.name}", 0)]])
    # Inner folds, and all folds together, where something was found there.
    rows += [[name, [None, None, count]] for name, count in faults.items()]
    return {
        "kind": "counts",
        "title": "Accounts in training and in validation, and what both sides share",
        **figure_source("each fold of the training panel", {"": context.training}),
        "no_interval": "every account was compared, none is estimated",
        "head": ["training accounts", "validation accounts", "overlaps"],
        "rows": rows,
        "offences": True,
    }


def _faults(panel: Panel, plan: FoldPlan, where: str) -> Iterator[dict[str, Any]]:
    customers = panel.rows[CUSTOMER].to_numpy(dtype=object)
    for fold in plan.folds:
        if not len(fold.train) or not len(fold.valid):
            yield {"fold": f"{where} {fold.name}", "what": "an empty side", "n": 0, "example": ""}
        for what, keys in (("account", panel.groups), ("customer", customers)):
            shared = _shared(keys, fold)
            if shared:
                label = f"{what} on both sides"
                yield _overlap(f"{where} {fold.name}", label, shared)
        rows = np.intersect1d(fold.train, fold.valid)
        if rows.size:
            yield _overlap(f"{where} {fold.name}", "row on both sides", [str(r) for r in rows])


def _shared(keys: np.ndarray, fold: Fold) -> list[str]:
    return sorted(set(map(str, keys[fold.train])) & set(map(str, keys[fold.valid])))


def _overlap(fold: str, what: str, shared: list[str]) -> dict[str, Any]:
    return {"fold": fold, "what": what, "n": len(shared), "example": shared[0]}


def _partition_faults(panel: Panel, plan: FoldPlan) -> list[dict[str, Any]]:
    """Validation rows that are counted twice or left out."""
    times = np.zeros(len(panel), dtype=int)
    for fold in plan.folds:
        np.add.at(times, fold.valid, 1)
    cutoffs = panel.rows[CUTOFF].astype(str).to_numpy()
    expected = np.isin(cutoffs, np.unique(cutoffs[times > 0]))
    found = []
    for what, rows in (
        ("row validated twice", np.flatnonzero(times > 1)),
        ("row of a validation cutoff left out", np.flatnonzero(expected & (times == 0))),
    ):
        if rows.size:
            found.append(_overlap("all folds", what, [str(r) for r in rows]))
    return found
