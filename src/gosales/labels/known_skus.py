"""What a log sells: its divisions and SKUs."""

from __future__ import annotations

import pandas as pd

from gosales.core.columns import DIVISION, DIVISION_KEY, SKU, SKU_KEY
from gosales.data.engine import Engine
from gosales.data.star import TRANSACTIONS, Star
from gosales.data.star_table import star_table


def known_skus(star: Star, engine: Engine) -> pd.DataFrame:
    """Every spelling of a division and SKU in the log, with their keys.

    Parameters
    ----------
    star : Star
        The log.
    engine : Engine
        Where the query runs.

    Returns
    -------
    pandas.DataFrame
        Columns division, division_key, sku, sku_key; distinct, sorted.
    """
    names = [DIVISION, DIVISION_KEY, SKU, SKU_KEY]
    lines = star_table(star, TRANSACTIONS, engine)
    found = engine.run(lines.select(*names).distinct())
    return found.sort_values(names, ignore_index=True)
