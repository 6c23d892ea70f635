"""Share of positive rows with an interval that knows rows of one account are alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np


@dataclass(frozen=True)
class BaseRate:
    """A share and its interval.

    Parameters
    ----------
    value, lo, hi : float
        Share of positive rows and the bounds of its interval, in [0, 1]; NaN without rows.
    """

    value: float
    lo: float
    hi: float

    @classmethod
    def of(cls, y: np.ndarray, groups: np.ndarray, level: float = 0.95) -> BaseRate:
        """Wilson's score interval on the number of rows that independent accounts are worth.

        Parameters
        ----------
        y : numpy.ndarray, shape (n,)
            0, 1, or NaN where censored; censored rows are left out.
        groups : numpy.ndarray, shape (n,)
            Account of each row.
        level : float, default 0.95
            Nominal coverage.

        Notes
        -----
        With G accounts of n_g rows and s_g positives, the design effect is the variance of the
        share over accounts against that over rows, ``[G/(G-1) * sum((s_g - p*n_g)^2)] /
        [n/(n-1) * n*p*(1-p)]``: 1 where every account has one row. Below 1 it counts as 1, and
        Wilson's formula gets ``n / effect`` rows. It holds for few positives and for none, where
        a bootstrap does not.

        References
        ----------
        Wilson (1927), JASA 22:209; Kish (1965), Survey Sampling, on the design effect.

        Examples
        --------
        >>> y = np.array([1.0] * 10 + [0.0] * 90)
        >>> rate = BaseRate.of(y, np.arange(100))
        >>> [round(v, 3) for v in (rate.value, rate.lo, rate.hi)]
        [0.1, 0.055, 0.174]
        """
        known = ~np.isnan(y)
        y, groups = y[known], groups[known]
        if not len(y):
            return cls(math.nan, math.nan, math.nan)
        p = float(y.mean())
        n = len(y) / _design_effect(y, groups, p)
        z = NormalDist().inv_cdf(0.5 + level / 2.0)
        middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n)
        half = z * math.sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n)) / (1.0 + z * z / n)
        return cls(p, max(0.0, middle - half), min(1.0, middle + half))


def _design_effect(y: np.ndarray, groups: np.ndarray, p: float) -> float:
    _, codes = np.unique(groups.astype(str), return_inverse=True)
    count = int(codes.max()) + 1
    if count < 2 or p in (0.0, 1.0):
        # Rows of one account, or all alike: as many accounts as there are is all there is.
        return len(y) / count
    off = np.bincount(codes, weights=y - p)
    by_account = count / (count - 1) * float(off @ off)
    by_row = len(y) / (len(y) - 1) * len(y) * p * (1.0 - p)
    return max(1.0, by_account / by_row)
