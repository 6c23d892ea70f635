"""The metrics a run shows in MLflow: those a reader compares, not every list size there is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_SIZED = re.compile(r"_at_(?P<size>\d+(?:pct|_accounts))(?:_lo|_hi)?$")


def headline(metrics: Mapping[str, float], sizes: Collection[str]) -> dict[str, float]:
    """Leave out the metrics of other list sizes; ``metrics.csv`` of the run holds them all.

    Parameters
    ----------
    metrics : mapping of str to float
        By name.
    sizes : collection of str
        List sizes to keep, for example ``10pct`` or ``25_accounts``.

    Examples
    --------
    >>> headline({"cv_auc": 0.7, "cv_lift_at_5pct": 3.0, "cv_lift_at_10pct_lo": 2.0}, ["10pct"])
    {'cv_auc': 0.7, 'cv_lift_at_10pct_lo': 2.0}
    """
    found = {name: _SIZED.search(name) for name in metrics}
    return {n: v for n, v in metrics.items() if (m := found[n]) is None or m["size"] in sizes}
