"""Whether a model was trained on what happened after the day it is to score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gosales.core.timeline import Cutoff, Horizon

# Column of score files and tag of scoring runs: scored accounts lie ahead of all training labels.
FORWARD: Final = "is_forward"


def label_overlap(meta: Mapping[str, Any], cutoff: Cutoff) -> str:
    """Why scores as of a cutoff are no forward prediction; empty when they are one.

    Parameters
    ----------
    meta : mapping
        Of the model's bundle: ``training_cutoffs`` and ``horizon`` (months, buffer_days), the
        window in force when it was trained.
    cutoff : Cutoff
        The day to score.

    Examples
    --------
    >>> meta = {"training_cutoffs": ["2023-12-31"], "horizon": {"months": 6, "buffer_days": 0}}
    >>> label_overlap(meta, Cutoff.parse("2024-06-30"))
    ''
    >>> label_overlap(meta, Cutoff.parse("2024-06-29"))[:46]
    "the model's training labels reach to 2024-06-3"
    """
    horizon = Horizon(**meta["horizon"])
    last = max(Cutoff.parse(c) for c in meta["training_cutoffs"])
    if horizon.usable_for(last, cutoff, 0):
        return ""
    return (
        f"the model's training labels reach to {horizon.window(last).end}, past the cutoff "
        f"{cutoff}: these scores are not a forward prediction"
    )
