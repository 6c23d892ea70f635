"""A quotient that is NaN, and nothing else, where it is not defined."""

from __future__ import annotations

import numpy as np


def ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Divide; NaN where the denominator is not positive.

    Examples
    --------
    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    out = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=out, where=below > 0)
    return out
