"""The name of an item that several columns make up."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

_BETWEEN = "\x1f"


def item_names(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    r"""The item of each row: its columns' text, joined.

    Parameters
    ----------
    rows : pandas.DataFrame
        Holds the columns, all text.
    columns : sequence of str
        One or more; a pair of division and SKU is one item, since the same SKU can be routed to
        two divisions.

    Examples
    --------
    >>> pairs = pd.DataFrame({"division_key": ["cpe"], "sku_key": ["catia"]})
    >>> item_names(pairs, ["division_key", "sku_key"]).tolist()
    ['cpe\x1fcatia']
    """
    name = rows[columns[0]].astype(object)
    for column in columns[1:]:
        name = name + _BETWEEN + rows[column].astype(object)
    return name
