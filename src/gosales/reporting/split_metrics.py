"""The metric tables of cross-validation and of the forward months in one frame."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

SPLITS = ("forward", "cv")


def split_metrics(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Stack metric tables.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        ``MetricTable.frame`` by split, ``cv`` and ``forward``; a split that was not measured is
        left out.

    Returns
    -------
    pandas.DataFrame
        Column ``split`` first.
    """
    parts = [frame.assign(split=split) for split, frame in frames.items()]
    if not parts:
        return pd.DataFrame(columns=["split", "population", "ranker", "metric", "value", "lo"])
    table = pd.concat(parts, ignore_index=True)
    return table[["split", *[c for c in table.columns if c != "split"]]]
