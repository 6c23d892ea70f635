"""Which rows a restricted permutation leaves comparable: same cutoff, same presence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.columns import CUTOFF


def alike_rows(rows: pd.DataFrame) -> np.ndarray:
    """Stratum of each row: its cutoff, and the cutoffs at which its account stands.

    Parameters
    ----------
    rows : pandas.DataFrame, shape (n, ...)
        Columns cutoff and group: all rows of a panel.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        Equal numbers for rows of one stratum.

    Notes
    -----
    `BlockPermutation` keeps the base rate of every such stratum. A statistic that compares rows
    of different strata would therefore stay high however the labels are permuted: a division
    launched late has positives at the last cutoff only, and the calendar alone tells them apart.

    Examples
    --------
    >>> rows = pd.DataFrame({"cutoff": ["c1", "c2", "c2", "c2"], "group": list("aabc")})
    >>> alike_rows(rows).tolist()
    [0, 1, 2, 2]
    """
    cutoff = pd.factorize(rows[CUTOFF].astype(str), sort=True)[0]
    group = rows["group"].astype(str).reset_index(drop=True)
    presence = pd.Series(cutoff).groupby(group).agg(lambda c: str(sorted(c)))
    pattern = pd.factorize(group.map(presence), sort=True)[0]
    return np.asarray(pd.factorize(pd.MultiIndex.from_arrays([cutoff, pattern]), sort=True)[0])
