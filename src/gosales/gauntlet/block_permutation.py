"""Permutations of labels that an account's own history and the calendar cannot see through."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, LABEL


class BlockPermutation:
    """Permutes whole label trajectories among accounts that are present at the same cutoffs.

    Parameters
    ----------
    rows : pandas.DataFrame, shape (n, ...)
        Columns customer_id, cutoff, group, y: the training rows of one fold.

    Notes
    -----
    A block is an account (``group``) with all its rows. A stratum holds the accounts whose rows
    stand at the same cutoffs (and as many at each). Within a stratum the trajectories change
    owners as a whole, so the number of positives at each cutoff stays what it was.

    References
    ----------
    Ojala & Garriga 2010 (restricted permutations); Westfall & Young 1993.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"customer_id": list("aabb"), "cutoff": ["c1", "c2"] * 2, "group": list("aabb"),
    ...      "y": [1.0, 0.0, 0.0, 1.0]}
    ... )
    >>> sorted({tuple(BlockPermutation(rows).draw(s).tolist()) for s in range(9)})
    [(0.0, 1.0, 1.0, 0.0), (1.0, 0.0, 0.0, 1.0)]
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        self.y = rows[LABEL].to_numpy(dtype="float64")
        self._strata = _strata(rows)

    def draw(self, seed: int) -> np.ndarray:
        """Labels of one permutation, shape (n,)."""
        rng = np.random.default_rng(seed)
        out = self.y.copy()
        for positions in self._strata:
            out[positions] = self.y[positions[rng.permutation(len(positions))]]
        return out

    @property
    def positive_accounts(self) -> int:
        """Accounts with at least one positive row."""
        return int(sum((self.y[p] > 0).any(axis=1).sum() for p in self._strata))

    @property
    def movable_positive_accounts(self) -> int:
        """Positive accounts in strata whose trajectories are not all the same."""
        total = 0
        for positions in self._strata:
            labels = self.y[positions]
            if (labels != labels[0]).any():
                total += int((labels > 0).any(axis=1).sum())
        return total


def _strata(rows: pd.DataFrame) -> list[np.ndarray]:
    """Row positions, one matrix (accounts, rows of an account) per stratum, in a fixed order."""
    if rows.empty:
        return []
    group = pd.factorize(rows["group"].astype(str), sort=True)[0]
    cutoff = pd.factorize(rows[CUTOFF].astype(str), sort=True)[0]
    customer = pd.factorize(rows[CUSTOMER].astype(str), sort=True)[0]
    order = np.lexsort((customer, cutoff, group))
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) != 0])
    by_signature: dict[tuple[int, ...], list[np.ndarray]] = {}
    for block in np.split(order, starts[1:]):
        by_signature.setdefault(tuple(cutoff[block].tolist()), []).append(block)
    return [np.stack(blocks) for _, blocks in sorted(by_signature.items())]
