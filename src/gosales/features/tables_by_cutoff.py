"""One frame, cut into a table per cutoff."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from gosales.core.columns import CUTOFF
from gosales.features.frame_cache import Place


def tables_by_cutoff(frame: pd.DataFrame, places: Sequence[Place]) -> dict[Place, pa.Table]:
    """Cut a frame by its ``cutoff`` column.

    Parameters
    ----------
    frame : pandas.DataFrame
        With ``cutoff`` (ISO text).
    places : sequence of (cutoff, None)
        The tables wanted.

    Returns
    -------
    dict of place to pyarrow.Table
        Rows in the order of ``frame``, without the column; empty where it has none.

    Examples
    --------
    >>> whole = pd.DataFrame({"cutoff": ["2024-01-31", "2024-02-29"], "x": [1, 2]})
    >>> tables_by_cutoff(whole, [("2024-02-29", None)])["2024-02-29", None]["x"].to_pylist()
    [2]
    """
    positions = frame.groupby(CUTOFF, sort=False).indices
    rest = frame.drop(columns=CUTOFF)
    return {
        place: pa.Table.from_pandas(rest.iloc[positions.get(place[0], [])], preserve_index=False)
        for place in places
    }
