"""One plain sentence on how the model stands against the naive rank."""

from __future__ import annotations

from gosales.evaluation.interval import Interval
from gosales.reporting.number_text import interval_text


def reading(population: str, model: Interval | None, naive: Interval | None) -> str:
    """Say what two AUCs allow to say, and no more.

    Parameters
    ----------
    population : str
        For example ``whitespace customers``.
    model, naive : Interval or None
        AUC of each rank on the same rows.

    Returns
    -------
    str
        "better" and "worse" only where the intervals do not touch; that is a careful rule,
        as the two share their customers.
    """
    if model is None or model.value is None:
        return f"Nothing can be said about {population}: {model.note if model else 'not measured'}."
    text = f"On {population} the model's AUC is {_auc(model)}"
    if naive is None or naive.value is None:
        return f"{text}; the naive rank was not measured."
    if naive.lo == naive.hi == naive.value == 0.5:
        # Ties throughout: the rule counts recent purchases, and nobody here has any.
        text += "; the naive rank cannot order them, as none has a recent purchase (AUC 0.500)"
    else:
        text += f" and that of the naive rank {_auc(naive)}"
    if not (model.has_bounds and naive.has_bounds):
        return f"{text}: too few buyers to compare them."
    if naive.hi is not None and model.lies_above(naive.hi):
        return f"{text}: the model ranks better."
    if naive.lo is not None and model.lies_below(naive.lo):
        return f"{text}: the model ranks worse."
    return f"{text}: the intervals overlap, so neither is shown to be better."


def _auc(found: Interval) -> str:
    return interval_text("auc", found.value, found.lo, found.hi, found.note)
