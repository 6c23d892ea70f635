"""Where on a roster the rows of another table lie."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gosales.core.columns import CUSTOMER, CUTOFF


class RosterPlaces:
    """Positions on a roster, by customer and cutoff.

    Parameters
    ----------
    roster : pandas.DataFrame
        customer_id and cutoff (ISO text); no two rows share both.

    Notes
    -----
    One look at each text: a join on both columns hashes the roster's texts anew for each table.

    Examples
    --------
    >>> roster = pd.DataFrame({"customer_id": ["a", "b"], "cutoff": ["2024-01-31"] * 2})
    >>> table = pd.DataFrame({"customer_id": ["b", "c"], "cutoff": ["2024-01-31"] * 2})
    >>> RosterPlaces(roster).of(table).tolist()
    [1, -1]
    """

    def __init__(self, roster: pd.DataFrame) -> None:
        self._customers = pa.array(roster[CUSTOMER].unique(), pa.string())
        self._cutoffs = pa.array(roster[CUTOFF].unique(), pa.string())
        # The last place is of those that are nowhere.
        self._places = np.full(len(self._customers) * len(self._cutoffs) + 1, -1)
        self._places[self._keys(roster)] = np.arange(len(roster))

    def of(self, table: pd.DataFrame) -> np.ndarray:
        """Position on the roster of each row; -1 for one that is not on it.

        Parameters
        ----------
        table : pandas.DataFrame
            With customer_id and cutoff.

        Returns
        -------
        numpy.ndarray of int, shape (len(table),)
        """
        return np.asarray(self._places[self._keys(table)])

    def _keys(self, table: pd.DataFrame) -> np.ndarray:
        customers = _index_in(table[CUSTOMER], self._customers)
        cutoffs = _index_in(table[CUTOFF], self._cutoffs)
        keys = cutoffs * len(self._customers) + customers
        return np.where((customers >= 0) & (cutoffs >= 0), keys, len(self._places) - 1)


def _index_in(texts: pd.Series, among: pa.Array) -> np.ndarray:
    """Position of each text; -1 for one that is not there."""
    found = pc.index_in(pa.array(texts, pa.string()), value_set=among)
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
