"""How often each account was to buy the target, at any cutoff of the audit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER
from gosales.gauntlet.zoo.habitat import Habitat


def outcomes_by_account(habitat: Habitat) -> pd.Series:
    """Positive labels per account over training and forward cutoffs.

    Returns
    -------
    pandas.Series of float
        By customer id; accounts of no roster are absent.
    """
    candidate = habitat.candidate
    cutoffs = {*candidate.training_cutoffs(habitat.star), habitat.cutoff}
    panel = candidate.outcomes(habitat.star, sorted(cutoffs))
    found = pd.Series(np.nan_to_num(panel.y)).groupby(panel.rows[CUSTOMER].astype(str)).sum()
    return found.astype("float64")
