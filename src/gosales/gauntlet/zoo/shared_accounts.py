"""A fold whose training part also holds rows of accounts it validates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gosales.core.columns import CUTOFF
from gosales.core.seeds import stable_buckets
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel

_PARTS = 1000


def with_shared_accounts(panel: Panel, fold: Fold, share: float, seed: int) -> Fold:
    """Let a share of the validated accounts train, at the cutoffs the others train at.

    Parameters
    ----------
    panel : Panel
        The rows.
    fold : Fold
        An honest fold.
    share : float
        Of the accounts on its validation side.
    seed : int
        Which accounts.
    """
    groups = panel.groups.astype(str)
    validated = sorted(set(groups[fold.valid]))
    drawn = stable_buckets(validated, _PARTS, seed) < round(share * _PARTS)
    cutoffs = panel.rows[CUTOFF].to_numpy(dtype=object)
    more = np.isin(groups, np.array(validated)[drawn])
    more &= np.isin(cutoffs, np.unique(cutoffs[fold.train]))
    more[fold.valid] = False
    return replace(fold, train=np.union1d(fold.train, np.flatnonzero(more)))
