"""One fetched frame, cut into a frame per cutoff and target."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gosales.core.columns import CUTOFF, TARGET
from gosales.features.frame_cache import Place


def frames_by_place(frame: pd.DataFrame, places: Sequence[Place]) -> dict[Place, pd.DataFrame]:
    """Cut a frame by its ``cutoff`` and, where it has one, its ``target`` column.

    Parameters
    ----------
    frame : pandas.DataFrame
        With ``cutoff`` (ISO text) and, if the places name targets, ``target``.
    places : sequence of (cutoff, target or None)
        The frames wanted.

    Returns
    -------
    dict of place to pandas.DataFrame
        Rows in the order of ``frame``, without the two columns; empty where it has none.

    Examples
    --------
    >>> whole = pd.DataFrame({"cutoff": ["2024-01-31", "2024-02-29"], "x": [1, 2]})
    >>> frames_by_place(whole, [("2024-02-29", None)])["2024-02-29", None]["x"].tolist()
    [2]
    """
    by = [c for c in (CUTOFF, TARGET) if c in frame.columns]
    rest = frame.drop(columns=by)
    positions = frame.groupby(by if len(by) > 1 else CUTOFF, sort=False).indices
    out = {}
    for cutoff, target in places:
        at = positions.get(cutoff if len(by) == 1 else (cutoff, target), [])
        out[cutoff, target] = rest.iloc[at].reset_index(drop=True)
    return out
