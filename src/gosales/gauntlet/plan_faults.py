"""What of a fold plan depends on the outcomes it is to be judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.core.seeds import derive_seed
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.features.panel import Panel
from gosales.gauntlet.exchanged_outcomes import exchanged_outcomes
from gosales.gauntlet.plan_digest import plan_digest

PlanOf = Callable[[Panel], FoldPlan]


@dataclass(frozen=True)
class PlanFaults:
    """What planning the same rows anew showed.

    Parameters
    ----------
    faults : list of (str, str)
        Fold (or ``the plan``) and what is wrong with it.
    moved : tuple of str
        Folds whose validation rows are others once their outcomes are: a split stratified by
        labels does that honestly.
    """

    faults: list[tuple[str, str]]
    moved: tuple[str, ...]

    @classmethod
    def of(cls, panel: Panel, plan: FoldPlan, again: PlanOf, seed: int) -> PlanFaults:
        """Plan again: on the same rows, and per fold with the outcomes outside its training part.

        Parameters
        ----------
        panel : Panel
            The training panel.
        plan : FoldPlan
            As it was reported.
        again : callable
            Plans a panel, remembering nothing.
        seed : int
            Which outcomes are exchanged.

        Notes
        -----
        An honest splitter assigns accounts, and may look at labels to spread the positives. It
        has no use for the outcomes of a fold's validation rows when it chooses which cutoffs are
        validated, and which rows train the fold.
        """
        if plan_digest(again(panel)) != plan_digest(plan):
            return cls([("the plan", "another plan of the same rows")], ())
        faults, moved = [], []
        for fold in plan.folds:
            outside = np.ones(len(panel), dtype=bool)
            outside[fold.train] = False
            rng = np.random.default_rng(derive_seed(seed, fold.name))
            other = again(exchanged_outcomes(panel, plan, outside, rng))
            same = [f for f in other.folds if _set(f.valid) == _set(fold.valid)]
            what = _fault(panel, plan, other, fold, same)
            if what:
                faults.append((f"the plan of fold {fold.name}", what))
            if not same:
                moved.append(fold.name)
        return cls(faults, tuple(moved))


def _fault(panel: Panel, plan: FoldPlan, other: FoldPlan, fold: Fold, same: list[Fold]) -> str:
    before, after = _cutoffs(panel, plan), _cutoffs(panel, other)
    if set(before) != set(after):
        return "its outcomes decide which cutoffs are validated"
    if before != after:
        return "its outcomes decide which cutoffs train"
    if same and _set(same[0].train) != _set(fold.train):
        return "its outcomes decide which rows train it"
    # Where the accounts of a fold move with the labels, only a whole training part is above doubt.
    if not same and any(_left_out(panel, f) for p in (plan, other) for f in p.folds):
        return "its accounts move with its outcomes, and rows are left out of training"
    return ""


def _cutoffs(panel: Panel, plan: FoldPlan) -> dict[str, set[str]]:
    """Training cutoffs by validation cutoff."""
    at = panel.rows[CUTOFF].astype(str).to_numpy()
    found: dict[str, set[str]] = {}
    for fold in plan.folds:
        for cutoff in np.unique(at[fold.valid]):
            found.setdefault(str(cutoff), set()).update(map(str, np.unique(at[fold.train])))
    return found


def _left_out(panel: Panel, fold: Fold) -> bool:
    """Whether a row of a training cutoff neither trains nor belongs to a validated account."""
    at = panel.rows[CUTOFF].astype(str).to_numpy()
    free = np.isin(at, np.unique(at[fold.train]))
    free[fold.train] = False
    for keys in (panel.groups, panel.rows[CUSTOMER].to_numpy(dtype=object)):
        held = set(map(str, keys[fold.valid]))
        free &= np.array([str(key) not in held for key in keys])
    return bool(free.any())


def _set(rows: np.ndarray) -> set[int]:
    return set(rows.tolist())
