"""What a metric is called on paper, and which way is better."""

from __future__ import annotations

import re

_NAMES = {
    "auc": "AUC",
    "ap": "Average precision",
    "brier": "Brier score",
    "brier_excess": "Brier score minus the constant's",
    "log_loss": "Log loss",
    "cal_mae": "Calibration MAE",
    "cal_ece2_debiased": "Squared calibration error, debiased",
    "cal_slope": "Calibration slope",
    "cal_intercept": "Calibration intercept",
}
_STEMS = {
    "lift": "Lift",
    "capture": "Capture",
    "precision": "Precision",
    "rev_capture": "GP capture",
    "rev_lift": "GP lift",
    "realised_gp": "Realised GP",
}
_TOP = re.compile(r"^(?P<stem>[a-z_]+)_at_(?P<size>[0-9_]+)(?P<unit>pct|_accounts)$")
_LOWER = ("brier", "brier_excess", "log_loss", "cal_mae")
_TARGETS = {"cal_slope": 1.0, "cal_intercept": 0.0, "cal_ece2_debiased": 0.0}


def metric_label(metric: str) -> str:
    """Name of a metric for readers.

    Examples
    --------
    >>> metric_label("lift_at_10pct"), metric_label("rev_capture_at_2_5pct")
    ('Lift@10 %', 'GP capture@2.5 %')
    >>> metric_label("precision_at_50_accounts"), metric_label("my_metric")
    ('Precision@50 accounts', 'my_metric')
    """
    found = _TOP.match(metric)
    if found is None:
        return _NAMES.get(metric, metric)
    stem = _STEMS.get(found["stem"], found["stem"])
    size = found["size"].replace("_", ".")
    return f"{stem}@{size} {'%' if found['unit'] == 'pct' else 'accounts'}"


def better_when(metric: str) -> str:
    """``higher``, ``lower``, or ``near 1`` and its like.

    Examples
    --------
    >>> better_when("auc"), better_when("brier"), better_when("cal_slope")
    ('higher', 'lower', 'near 1')
    """
    if metric in _TARGETS:
        return f"near {_TARGETS[metric]:g}"
    return "lower" if metric in _LOWER else "higher"
