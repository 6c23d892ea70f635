"""A panel on which some rows have each other's outcomes, and every fold the classes it had."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from gosales.core.columns import CUTOFF, FIRST_EVENT_DAYS, LABEL, LABEL_GP, LABEL_VALUE
from gosales.evaluation.fold import FoldPlan
from gosales.features.panel import Panel


def exchanged_outcomes(
    panel: Panel, plan: FoldPlan, where: np.ndarray, rng: np.random.Generator
) -> Panel:
    """Exchange whole outcomes among rows that share their cutoff and their side of every fold.

    Parameters
    ----------
    panel : Panel
        Labelled rows.
    plan : FoldPlan
        Its folds keep their numbers of positives on either side, so that a splitter that found
        them fit for use before still does.
    where : numpy.ndarray of bool, shape (n,)
        Rows that take part.
    rng : numpy.random.Generator
        Which exchange.
    """
    sides = np.zeros((len(panel), 1 + 2 * len(plan.folds)), dtype=np.int64)
    sides[:, 0] = pd.factorize(panel.rows[CUTOFF].astype(str))[0]
    for k, fold in enumerate(plan.folds):
        sides[fold.train, 1 + 2 * k] = 1
        sides[fold.valid, 2 + 2 * k] = 1
    alike = np.unique(sides, axis=0, return_inverse=True)[1].ravel()
    taken = np.arange(len(panel))
    for kind in np.unique(alike[where]):
        rows = np.flatnonzero(where & (alike == kind))
        taken[rows] = rng.permutation(rows)
    told = [c for c in (LABEL, LABEL_VALUE, LABEL_GP, FIRST_EVENT_DAYS) if c in panel.rows.columns]
    moved = {name: panel.rows[name].to_numpy()[taken] for name in told}
    return replace(panel, rows=panel.rows.assign(**moved))
