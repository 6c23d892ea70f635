"""One value of a metric with the interval that is known to cover it."""

from __future__ import annotations

import numpy as np

from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.influential_metric import InfluentialMetric
from gosales.evaluation.interval import Interval
from gosales.evaluation.metric import Metric
from gosales.evaluation.sample import Sample


def measured_interval(
    metric: Metric,
    name: str,
    value: float,
    draws: np.ndarray,
    sample: Sample,
    bootstrap: CustomerBootstrap,
) -> Interval:
    """The interval of one value, or the reason why there is none.

    Parameters
    ----------
    metric : Metric
        What was measured; one that knows how far each account pulls has its tails corrected.
    name : str
        Which of its values.
    value : float
        On the data as they are; not finite where it is not defined.
    draws : numpy.ndarray, shape (replicates,)
        In each replicate.
    sample : Sample
        The rows.
    bootstrap : CustomerBootstrap
        Made the draws.
    """
    if not np.isfinite(value):
        return Interval(None, note=f"undefined: needs {metric.requires}")
    pull = metric.influence(sample)[name] if isinstance(metric, InfluentialMetric) else None
    return bootstrap.interval(value, draws, sample.n_positive_groups, pull)
