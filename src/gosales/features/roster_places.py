"""Where on a roster the rows of another table lie."""

from __future__ import annotations

import numpy as np
import pandas as pd

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
        self._customers = pd.Index(roster[CUSTOMER].unique(), dtype=object)
        self._cutoffs = pd.Index(roster[CUTOFF].unique(), dtype=object)
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
        customers = self._customers.get_indexer(table[CUSTOMER].to_numpy(dtype=object))
        cutoffs = self._cutoffs.get_indexer(table[CUTOFF].to_numpy(dtype=object))
        keys = cutoffs * len(self._customers) + customers
        return np.where((customers >= 0) & (cutoffs >= 0), keys, len(self._places) - 1)
