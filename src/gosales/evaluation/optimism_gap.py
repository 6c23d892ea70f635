"""How much better cross-validation looks than the months nobody saw."""

from __future__ import annotations

from gosales.core.errors import InternalError
from gosales.evaluation.interval import Interval
from gosales.evaluation.metric_table import MetricTable


def optimism_gap(
    cv: MetricTable, forward: MetricTable, metric: str = "auc", population: str = "all"
) -> Interval:
    """Signed gap, cross-validation minus forward.

    Positive: cross-validation promised too much. Negative: the forward months were easier.

    Parameters
    ----------
    cv, forward : MetricTable
        Results on out-of-fold rows and on forward rows.
    metric : str, default "auc"
        Which metric.
    population : {"all", "owners", "whitespace"}, default "all"
        Which rows.

    Returns
    -------
    Interval
        The two bootstraps are independent, so the interval is that of a difference of
        independent draws. No bounds when either side has none.

    Raises
    ------
    InternalError
        If both tables were drawn from the same random stream.
    """
    if cv.purpose == forward.purpose:
        raise InternalError(
            "the two bootstraps are not independent",
            got=f"both drawn for {cv.purpose!r}",
            remedy="evaluate with purpose='cv' and purpose='forward'",
        )
    a, b = cv.get(metric, population), forward.get(metric, population)
    if a.value is None or b.value is None:
        return Interval(None, note=a.note or b.note)
    gap = a.value - b.value
    if not (a.has_bounds and b.has_bounds):
        return Interval(gap, note=a.note or b.note)
    key = (population, "model")
    size = min(len(cv.draws[key][metric]), len(forward.draws[key][metric]))
    draws = cv.draws[key][metric][:size] - forward.draws[key][metric][:size]
    # Both sides had enough positives to earn bounds of their own.
    return forward.bootstrap.interval(gap, draws, forward.bootstrap.min_positive_accounts)
