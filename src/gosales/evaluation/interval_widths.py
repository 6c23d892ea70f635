"""Whether intervals grew narrower since the last time, as they should with more buyers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import pandas as pd

COLUMNS: Final = (
    "metric", "width", "prior_width", "ratio", "expected_ratio", "buyers", "prior_buyers",
)  # fmt: skip


def interval_widths(
    now: Mapping[str, float], prior: Mapping[str, float], buyers: str
) -> pd.DataFrame:
    """Compare widths of the intervals two runs have in common.

    Parameters
    ----------
    now, prior : mapping of str to float
        Metrics by name, bounds under ``<name>_lo`` and ``<name>_hi``.
    buyers : str
        Name of the metric that counts positive accounts.

    Returns
    -------
    pandas.DataFrame
        One row per metric bounded in both: metric, width, prior_width, ratio (width over prior
        width; NaN where the prior one is 0), expected_ratio, buyers, prior_buyers.

    Notes
    -----
    Widths shrink about as ``sqrt(prior buyers / buyers)``: ``expected_ratio``. A ratio far above
    it means that the new months are harder to tell, not only that chance played.

    Examples
    --------
    >>> now = {"auc": 0.8, "auc_lo": 0.75, "auc_hi": 0.85, "n": 400.0}
    >>> prior = {"auc": 0.8, "auc_lo": 0.7, "auc_hi": 0.9, "n": 100.0}
    >>> found = interval_widths(now, prior, "n").iloc[0]
    >>> round(float(found["ratio"]), 2), float(found["expected_ratio"])
    (0.5, 0.5)
    """
    counts = [float(side.get(buyers, math.nan)) for side in (now, prior)]
    expected = math.sqrt(counts[1] / counts[0]) if counts[0] > 0 and counts[1] >= 0 else math.nan
    rows = []
    for name in now:
        ends = (f"{name}_lo", f"{name}_hi")
        if not all(end in side for end in ends for side in (now, prior)):
            continue
        width, before = (side[ends[1]] - side[ends[0]] for side in (now, prior))
        ratio = width / before if before > 0 else math.nan
        rows.append((name, width, before, ratio, expected, *counts))
    return pd.DataFrame(rows, columns=list(COLUMNS))
