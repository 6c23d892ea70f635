"""Difference of two rankings of the same customers, with a paired interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gosales.core.errors import InternalError
from gosales.evaluation.bootstrap import CustomerBootstrap, measured
from gosales.evaluation.interval import Interval
from gosales.evaluation.metric import Metric
from gosales.evaluation.panel_samples import MODEL, panel_samples
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.features.panel import Panel


def paired_difference(
    first: tuple[Panel, np.ndarray],
    second: tuple[Panel, np.ndarray],
    metrics: Sequence[Metric],
    bootstrap: CustomerBootstrap,
    purpose: str,
    population: str = "all",
) -> dict[str, Interval]:
    """Metrics of the first minus metrics of the second.

    Parameters
    ----------
    first, second : tuple of (Panel, numpy.ndarray)
        Rows and their scores. Both panels hold the same accounts; the rows themselves may differ
        (for example at shifted cutoffs).
    metrics : sequence of Metric
        What to compare.
    bootstrap : CustomerBootstrap
        One set of account weights serves both sides.
    purpose : str
        Random stream.
    population : {"all", "owners", "whitespace"}, default "all"
        Which rows, by each panel's own ownership.

    Returns
    -------
    dict of str to Interval
        By metric name. No bounds when either side has too few positive accounts.

    Raises
    ------
    InternalError
        If the accounts differ.
    """
    a, b = (panel_samples(*side)[population, MODEL] for side in (first, second))
    names = [np.unique(side[0].groups.astype(str)) for side in (first, second)]
    if not np.array_equal(names[0], names[1]):
        raise InternalError(
            "a paired difference needs the same accounts on both sides",
            got=f"{len(names[0])} and {len(names[1])} accounts",
            remedy="compare the accounts both panels hold",
        )
    if not len(a) or not len(b):
        nothing = Interval(None, note="no customers in this population")
        return {name: nothing for m in metrics for name in m.names}
    values = [measured(WeightedRanking.once(s), metrics) for s in (a, b)]
    draws = bootstrap.draws({0: a, 1: b}, {0: metrics, 1: metrics}, purpose)
    fewest = min(a.n_positive_groups, b.n_positive_groups)
    out: dict[str, Interval] = {}
    for metric in metrics:
        for name in metric.names:
            gap = float(values[0][name][0] - values[1][name][0])
            if np.isfinite(gap):
                out[name] = bootstrap.interval(gap, draws[0][name] - draws[1][name], fewest)
            else:
                out[name] = Interval(None, note=f"undefined: needs {metric.requires}")
    return out
