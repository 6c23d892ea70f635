"""How late the system learns of a fact."""

from __future__ import annotations

import numpy as np


def late_entries(n: int, habits: dict[str, float], rng: np.random.Generator) -> np.ndarray:
    """Days between each of n facts and its entry.

    Parameters
    ----------
    n : int
        How many facts.
    habits : dict of str to float
        late_share: share of facts entered late; late_days: most days they may be late.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        0 for most.
    """
    late = rng.random(n) < habits["late_share"]
    return np.asarray(late * rng.integers(1, int(habits["late_days"]), n, endpoint=True))
