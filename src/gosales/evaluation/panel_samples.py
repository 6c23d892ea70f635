"""The populations and rankers on which every metric of a panel is reported."""

from __future__ import annotations

import numpy as np

from gosales.core.columns import IS_OWNER, LABEL_GP, NAIVE_COUNT
from gosales.core.errors import DegenerateError, InternalError
from gosales.evaluation.sample import Sample
from gosales.features.panel import Panel

POPULATIONS = ("all", "owners", "whitespace")
MODEL = "model"
NAIVE = "naive"


def panel_samples(panel: Panel, probability: np.ndarray) -> dict[tuple[str, str], Sample]:
    """Samples by (population, ranker), all over one coding of accounts.

    Parameters
    ----------
    panel : Panel
        Rows; those without a label are left out.
    probability : numpy.ndarray, shape (len(panel),)
        The model's score of each row.

    Returns
    -------
    dict
        Populations ``all``, ``owners`` (bought the target within the ownership window) and
        ``whitespace`` (the rest), each ranked by ``model`` and by ``naive``, the count of orders
        in the months before the cutoff. A population may be empty.

    Raises
    ------
    DegenerateError
        If no row has a label (reason code ``unlabelled``).
    InternalError
        If there is not one score per row.
    """
    if len(probability) != len(panel):
        raise InternalError(
            "scores and rows differ in number", got=f"{len(probability)} scores, {len(panel)} rows"
        )
    labelled = ~np.isnan(panel.y)
    if not labelled.any():
        raise DegenerateError(
            "there is nothing to evaluate",
            got=f"{len(panel)} rows, none with a complete label window",
            allowed="a cutoff whose label window the log completes",
            remedy="choose an earlier cutoff, or wait for the outcome",
            reason_code="unlabelled",
        )
    names, codes = np.unique(panel.groups.astype(str), return_inverse=True)
    owner = panel.rows[IS_OWNER].to_numpy(dtype=bool)
    masks = dict(zip(POPULATIONS, (labelled, labelled & owner, labelled & ~owner), strict=True))
    scores = {MODEL: probability, NAIVE: panel.rows[NAIVE_COUNT].to_numpy(dtype="float64")}
    gp = panel.rows[LABEL_GP].to_numpy(dtype="float64")
    return {
        (population, ranker): Sample.of(
            score[mask], panel.y[mask], gp[mask], codes[mask], len(names)
        )
        for population, mask in masks.items()
        for ranker, score in scores.items()
    }
