"""Who bought what, as a matrix in which nobody's name has a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from gosales.core.columns import CUSTOMER
from gosales.features.embedding.item_names import item_names


@dataclass(frozen=True)
class Interactions:
    """Accounts by items, both in an order that depends on what was bought alone.

    Parameters
    ----------
    customers : numpy.ndarray, shape (n,), text
        Rows of ``weights``, ordered by a digest of each row's content.
    items : pandas.Index, length m, text
        Columns of ``weights``, sorted.
    weights : scipy.sparse.csr_matrix, shape (n, m), float64
        Positive weights.

    Notes
    -----
    Sums of floats depend on their order. Were the rows ordered by customer id, a fit on them
    would change in its last bits when accounts are renamed; accounts of equal content, whose
    order is left open, add the same numbers either way.
    """

    customers: np.ndarray
    items: pd.Index
    weights: csr_matrix

    @classmethod
    def of(cls, rows: pd.DataFrame, item: Sequence[str], weight: str) -> Interactions:
        """Read a frame with one row per account and item.

        Parameters
        ----------
        rows : pandas.DataFrame
            customer_id, the columns of ``item`` (text) and ``weight``.
        item : sequence of str
            Columns that name an item together.
        weight : str
            Column of weights; rows whose weight is null or not positive are no interaction.

        Examples
        --------
        >>> rows = pd.DataFrame({"customer_id": ["b", "a", "a"], "sku": ["y", "x", "y"],
        ...                      "n": [1.0, 2.0, 0.0]})
        >>> found = Interactions.of(rows, ["sku"], "n")
        >>> sorted(found.customers), list(found.items), float(found.weights.sum())
        (['a', 'b'], ['x', 'y'], 3.0)
        """
        rows = rows[(rows[weight] > 0).to_numpy(dtype=bool)]
        columns, items = pd.factorize(item_names(rows, item), sort=True)
        places, customers = pd.factorize(rows[CUSTOMER].astype(object))
        values = rows[weight].to_numpy(dtype="float64")
        shape = (len(customers), len(items))
        matrix = csr_matrix((values, (places, columns)), shape=shape)
        matrix.sort_indices()
        order = _by_content(matrix)
        return cls(np.asarray(customers, dtype=object)[order], pd.Index(items), matrix[order])

    def holders(self, items: pd.Index) -> np.ndarray:
        """Which accounts hold one at least of some items, shape (n,), bool."""
        mine = self.weights[:, np.flatnonzero(self.items.isin(items))]
        return np.asarray(mine.getnnz(axis=1)) > 0


def _by_content(matrix: csr_matrix) -> np.ndarray:
    starts, columns, values = matrix.indptr, matrix.indices.astype("int64"), matrix.data
    digests = [
        blake2b(columns[a:b].tobytes() + values[a:b].tobytes(), digest_size=16).digest()
        for a, b in pairwise(starts.tolist())
    ]
    return np.array(sorted(range(len(digests)), key=digests.__getitem__), dtype=np.int64)
