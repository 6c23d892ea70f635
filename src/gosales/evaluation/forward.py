"""Evaluation of predictions on labelled rows, forward or out of fold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from gosales.evaluation.bootstrap import CustomerBootstrap, measured
from gosales.evaluation.interval import Interval
from gosales.evaluation.measured_interval import measured_interval
from gosales.evaluation.metric import Metric
from gosales.evaluation.metric_table import MetricTable
from gosales.evaluation.panel_samples import MODEL, panel_samples
from gosales.evaluation.sample import Sample
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.features.panel import Panel

_COLUMNS = (
    "population", "ranker", "metric", "value", "lo", "hi", "n", "n_pos", "n_pos_accounts", "note",
)  # fmt: skip


def evaluate(
    panel: Panel,
    probability: np.ndarray,
    metrics: Sequence[Metric],
    bootstrap: CustomerBootstrap,
    purpose: str = "forward",
) -> MetricTable:
    """Measure all metrics for all, owners and whitespace, model beside naive rank.

    Parameters
    ----------
    panel : Panel
        Rows with labels; unlabelled ones are left out.
    probability : numpy.ndarray, shape (len(panel),)
        Calibrated probability of each row by a model that never saw it.
    metrics : sequence of Metric
        What to measure. Those that need a probability are not measured on the naive rank.
    bootstrap : CustomerBootstrap
        Makes the intervals; all populations and rankers share its weights.
    purpose : str, default "forward"
        Random stream; give each set of rows its own.

    Returns
    -------
    MetricTable

    Raises
    ------
    DegenerateError
        If no row has a label (reason code ``unlabelled``).

    Notes
    -----
    Profit-weighted metrics weigh by the gross profit of the label window (``label_gp``). In
    capture and lift a row that lost money counts as 0, so that shares stay between 0 and 1;
    ``realised_gp`` counts losses. "Bought it before" carries most of the signal, hence the naive
    rank beside every number and whitespace on its own.
    """
    samples = panel_samples(panel, probability)
    wanted = {
        key: [m for m in metrics if key[1] == MODEL or not m.needs_probability] for key in samples
    }
    present = {key: s for key, s in samples.items() if len(s)}
    draws = bootstrap.draws(present, wanted, purpose)
    rows: list[dict[str, Any]] = []
    for key, sample in samples.items():
        rows += _rows(key, sample, wanted[key], bootstrap, draws.get(key, {}))
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    numeric = dict.fromkeys(("value", "lo", "hi"), "float64")
    return MetricTable(frame.astype(numeric), draws, bootstrap, purpose)


def _rows(
    key: tuple[str, str],
    sample: Sample,
    metrics: Sequence[Metric],
    bootstrap: CustomerBootstrap,
    draws: dict[str, np.ndarray],
) -> list[dict[str, Any]]:
    head = {
        "population": key[0],
        "ranker": key[1],
        "n": len(sample),
        "n_pos": int(sample.y.sum()),
        "n_pos_accounts": sample.n_positive_groups,
    }
    values = measured(WeightedRanking.once(sample), metrics) if len(sample) else {}
    out = []
    for metric in metrics:
        for name in metric.names:
            found = _interval(metric, name, values, draws, sample, bootstrap)
            cells = {"value": found.value, "lo": found.lo, "hi": found.hi, "note": found.note}
            out.append({**head, "metric": name, **cells})
    return out


def _interval(
    metric: Metric,
    name: str,
    values: dict[str, np.ndarray],
    draws: dict[str, np.ndarray],
    sample: Sample,
    bootstrap: CustomerBootstrap,
) -> Interval:
    if not len(sample):
        return Interval(None, note="no customers in this population")
    value = float(values[name][0])
    return measured_interval(metric, name, value, draws[name], sample, bootstrap)
