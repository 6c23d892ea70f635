"""Features as they were, but each value exchanged among the rows that nearly share it."""

from __future__ import annotations

import numpy as np
import pandas as pd


def near_values(X: pd.DataFrame, block: int, rng: np.random.Generator) -> pd.DataFrame:
    """Exchange the values of each column among some rows that are neighbours in its order.

    Parameters
    ----------
    X : pandas.DataFrame, shape (n, p)
        Raw features of rows of one cutoff.
    block : int
        So many neighbours share their values at random. Equal values are neighbours, in any
        order; texts are ordered as texts, missing values come last.
    rng : numpy.random.Generator
        Which exchange.

    Returns
    -------
    pandas.DataFrame, shape (n, p)
        The same columns, dtypes and, column by column, the same values.

    Examples
    --------
    >>> X = pd.DataFrame({"size": [9.0, 1.0, 8.0, 2.0]})
    >>> near_values(X, 2, np.random.default_rng(1))["size"].tolist()
    [8.0, 1.0, 9.0, 2.0]
    """
    blocks = np.arange(len(X)) // block
    out = {}
    for name in X.columns:
        column = X[name]
        known = column if pd.api.types.is_numeric_dtype(column) else column.astype("string")
        codes = pd.factorize(known, sort=True, use_na_sentinel=False)[0]
        order = np.lexsort((rng.random(len(X)), codes))
        given = np.empty(len(X), dtype=int)
        given[order] = order[np.lexsort((rng.random(len(X)), blocks))]
        out[name] = column.iloc[given].set_axis(X.index)
    return pd.DataFrame(out, index=X.index)
