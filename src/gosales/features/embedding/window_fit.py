"""One factorisation: of one window at one cutoff."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gosales.features.embedding.account_vectors import AccountVectors
from gosales.features.embedding.implicit_factors import ImplicitFactors
from gosales.features.embedding.interactions import Interactions


@dataclass(frozen=True)
class WindowFit:
    """Interactions and the vectors fitted to them.

    Parameters
    ----------
    interactions : Interactions
        What was factorised.
    accounts : AccountVectors
        Of its rows.
    items : numpy.ndarray, shape (m, f)
        Vectors of its columns.
    """

    interactions: Interactions
    accounts: AccountVectors
    items: np.ndarray

    @classmethod
    def of(cls, interactions: Interactions, model: ImplicitFactors) -> WindowFit:
        """Fit."""
        accounts, items = model.fit(interactions)
        return cls(interactions, AccountVectors(interactions.customers, accounts), items)

    def preference(self, names: pd.Index) -> np.ndarray:
        """Mean predicted preference of each account for some items, shape (n,).

        Near 1 for what an account buys, near 0 for what it has nothing to do with; NaN where none
        of the items was bought by anybody. Rotating all vectors changes nothing.
        """
        mine = self.interactions.items.isin(names)
        if not mine.any():
            return np.full(len(self.interactions.customers), np.nan)
        mean = np.add.reduce(self.items[mine], axis=0) / int(mine.sum())
        # einsum, not a BLAS product: one order of addition whatever the shape.
        return np.asarray(np.einsum("uf,f->u", self.accounts.vectors, mean))

    def owners(self, names: pd.Index) -> np.ndarray:
        """The accounts that bought one of some items, text."""
        return np.asarray(self.interactions.customers[self.interactions.holders(names)])

    def similarity(self, owners: np.ndarray) -> np.ndarray:
        """As `AccountVectors.similarity`, owners by their names."""
        held = pd.Index(self.interactions.customers, dtype=object).isin(owners)
        return self.accounts.similarity(np.asarray(held))
