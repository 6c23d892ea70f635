"""The content of a fold plan: which rows train and validate where."""

from __future__ import annotations

import numpy as np

from gosales.core.digests import digest_array, digest_json
from gosales.evaluation.fold import FoldPlan


def plan_digest(plan: FoldPlan) -> str:
    """SHA-256 of the scheme and of every fold's name and row positions (hex)."""
    folds = [
        [f.name, digest_array(f.train.astype(np.int64)), digest_array(f.valid.astype(np.int64))]
        for f in plan.folds
    ]
    return digest_json([plan.scheme, folds])
