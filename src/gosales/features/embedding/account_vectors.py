"""Accounts as directions, and how near each lies to the owners of something."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class AccountVectors:
    """Vectors of some accounts as of one cutoff.

    Parameters
    ----------
    customers : numpy.ndarray, shape (n,), text
        Distinct.
    vectors : numpy.ndarray, shape (n, f), float64
        Comparable among each other, and with no vector of another fit.
    """

    customers: np.ndarray
    vectors: np.ndarray

    def similarity(self, owners: np.ndarray) -> np.ndarray:
        """Cosine of each account's vector with the mean direction of the owners besides it.

        Parameters
        ----------
        owners : numpy.ndarray, shape (n,), bool
            Who owns the target as of the cutoff.

        Returns
        -------
        numpy.ndarray, shape (n,)
            In [-1, 1]; NaN where the vector is zero or nobody else owns.

        Notes
        -----
        With e_o = x_o / |x_o|, the centroid for account u is the sum of e_o over owners o other
        than u: an owner must not look near because it is itself a part of the centre. A rotation
        of all vectors changes nothing.

        Examples
        --------
        >>> at = AccountVectors(np.array(["a", "b", "c"]), np.array([[1., 0.], [0., 2.], [3., 3.]]))
        >>> at.similarity(np.array([True, False, False])).round(3).tolist()
        [nan, 0.0, 0.707]
        """
        # Plain sums in the order of the rows, not BLAS, whose order hangs on the machine's cores.
        length = np.sqrt(np.einsum("uf,uf->u", self.vectors, self.vectors))
        known = length > 0
        unit = self.vectors / np.where(known, length, 1.0)[:, None]
        mine = (owners & known)[:, None]
        total = np.add.reduce(np.where(mine, unit, 0.0), axis=0)
        centre = total - np.where(mine, unit, 0.0)
        others = int(mine.sum()) - mine.ravel()
        reach = np.sqrt(np.einsum("uf,uf->u", centre, centre))
        told = known & (others > 0) & (reach > 0)
        cosine = np.einsum("uf,uf->u", unit, centre) / np.where(told, reach, 1.0)
        return np.where(told, np.clip(cosine, -1.0, 1.0), np.nan)

    def laid_on(self, customers: pd.Index, values: np.ndarray) -> np.ndarray:
        """Values of these accounts on the rows of other ones; NaN where an account is absent."""
        at = pd.Index(self.customers, dtype=object).get_indexer(customers)
        out = np.full(len(customers), np.nan)
        out[at >= 0] = values[at[at >= 0]]
        return out
