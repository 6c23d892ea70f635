"""Numbers as a reader wants them: the digits their unit deserves, and the interval beside."""

from __future__ import annotations

import math
import re

_MONEY = re.compile(r"^realised_gp")
_TIMES = re.compile(r"(^|_)lift")
_SHARE = re.compile(r"^(capture|precision|rev_capture)_at_")
_FINE = ("brier", "brier_excess", "log_loss", "cal_mae", "cal_ece2_debiased")
MISSING = "n/a"


def number_text(metric: str, value: float | None) -> str:
    """One value of a metric.

    Parameters
    ----------
    metric : str
        Decides unit and digits: money without decimals, lifts with two, shares in per cent,
        losses with four, the rest with three.
    value : float or None
        None and values that are not finite give ``n/a``.

    Examples
    --------
    >>> number_text("auc", 0.81234), number_text("capture_at_10pct", 0.4217)
    ('0.812', '42.2 %')
    >>> number_text("realised_gp_at_10pct", 1234567.8), number_text("lift_at_5pct", 3.456)
    ('1,234,568', '3.46')
    >>> number_text("auc", None), number_text("auc", float("inf"))
    ('n/a', 'n/a')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if _MONEY.search(metric):
        return f"{value:,.0f}"
    if _SHARE.search(metric):
        return f"{100.0 * value:.1f} %"
    if _TIMES.search(metric):
        return f"{value:.2f}"
    return f"{value:.4f}" if metric in _FINE else f"{value:.3f}"


def interval_text(
    metric: str, value: float | None, lo: float | None, hi: float | None, note: str = ""
) -> str:
    """A value with its interval, or with the reason why there is none.

    Examples
    --------
    >>> interval_text("auc", 0.8, 0.75, 0.85)
    '0.800 [0.750, 0.850]'
    >>> interval_text("auc", 0.8, None, None, "insufficient: 12 positive accounts")
    '0.800 (no interval: insufficient: 12 positive accounts)'
    >>> interval_text("auc", None, None, None, "undefined: needs both classes")
    'n/a (undefined: needs both classes)'
    """
    text = number_text(metric, value)
    if text == MISSING:
        return f"{MISSING} ({note or 'not measured'})"
    low, high = number_text(metric, lo), number_text(metric, hi)
    if MISSING in (low, high):
        return f"{text} (no interval: {note or 'not measured'})"
    return f"{text} [{low}, {high}]"
