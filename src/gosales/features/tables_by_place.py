"""One fetched table, cut into a table per cutoff and target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gosales.core.columns import CUTOFF, TARGET
from gosales.features.frame_cache import Place


def tables_by_place(rows: pa.Table, places: Sequence[Place]) -> dict[Place, pa.Table]:
    """Cut rows that are sorted by ``cutoff`` and ``target``.

    Parameters
    ----------
    rows : pyarrow.Table
        With ``cutoff`` (days) and ``target``, sorted by both; text may be dictionary-encoded.
    places : sequence of (cutoff as ISO text, target)
        The tables wanted.

    Returns
    -------
    dict of place to pyarrow.Table
        Rows in their order without the two columns, text as text; empty where there is none.

    Examples
    --------
    >>> whole = pa.table({"cutoff": [date(2024, 1, 31)] * 2, "target": ["a", "b"], "x": [1, 2]})
    >>> tables_by_place(whole, [("2024-01-31", "b")])["2024-01-31", "b"]["x"].to_pylist()
    [2]
    """
    keys = [_codes(rows[CUTOFF]), _codes(rows[TARGET])]
    rest = _plain(rows.drop_columns([CUTOFF, TARGET]))
    new = np.zeros(max(rows.num_rows - 1, 0), dtype=bool)
    for codes in keys:
        new |= codes[1:] != codes[:-1]
    edges = [0, *(np.flatnonzero(new) + 1).tolist(), rows.num_rows]
    found = {
        (_iso(rows[CUTOFF][a].as_py()), str(rows[TARGET][a].as_py())): rest.slice(a, b - a)
        for a, b in pairwise(edges)
        if b > a
    }
    return {place: found.get((place[0], str(place[1])), rest.slice(0, 0)) for place in places}


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    whole = column.combine_chunks()
    if not pa.types.is_dictionary(whole.type):
        whole = whole.dictionary_encode()
    codes: np.ndarray = whole.indices.to_numpy()
    return codes


def _plain(rows: pa.Table) -> pa.Table:
    plain = [pc.cast(c, pa.string()) if pa.types.is_dictionary(c.type) else c for c in rows]
    return pa.table(plain, names=rows.column_names).combine_chunks()


def _iso(day: date) -> str:
    # A moment's text would carry its hour.
    return f"{day:%Y-%m-%d}"
