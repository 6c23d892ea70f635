"""What a model knows by the exact values of its columns, as one knows a thing by its key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from gosales.gauntlet.judged_rows import JudgedRows
from gosales.gauntlet.near_values import near_values
from gosales.gauntlet.rank_auc import rank_auc

_NEAR_ROWS: Final = 8  # that exchange values: 2 show half of a table's loss, 16 no more than 8
_DRAWS: Final = 5  # averaged: one scatters by .01 where 40 accounts buy


def exact_and_near_auc(judged: Sequence[JudgedRows], seed: int) -> tuple[float, float]:
    """AUC of a model on rows it was not fitted on: by their own values, and by near ones.

    A number says something by how large it is: where 412 employees mean what 409 and 415 mean,
    nothing is lost when such accounts exchange their values (`near_values`). A model that looks
    its answers up, in a table by value that its transform, its estimator or its calibrator brings
    along, loses them.

    Parameters
    ----------
    judged : sequence of JudgedRows
        Each is ranked by itself and counts by its pairs; one at least has both classes.
    seed : int
        Of the exchanges.
    """
    rng = np.random.default_rng(seed)
    own, near, pairs = [], [], []
    for rows in judged:
        y, X, at = rows.panel.y, rows.panel.X, np.arange(len(rows.panel))
        auc = rank_auc(y, rows.scores(X, at))
        if auc is not None:
            drawn = [rows.scores(near_values(X, _NEAR_ROWS, rng), at) for _ in range(_DRAWS)]
            own.append(auc)
            near.append(float(np.mean([rank_auc(y, scores) or 0.0 for scores in drawn])))
            pairs.append(float(y.sum() * (1 - y).sum()))
    return float(np.average(own, weights=pairs)), float(np.average(near, weights=pairs))
