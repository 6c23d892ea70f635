"""Accounts that a yes-or-no column marks as not to be called."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.errors import DataError

_YES = frozenset({"true", "yes", "y", "1", "1.0"})
_NO = frozenset({"false", "no", "n", "0", "0.0", ""})


class Flagged:
    """Drop accounts whose flag is set, for example do-not-contact.

    Parameters
    ----------
    column : str
        Column of the scored rows: booleans, 0 and 1, or yes and no; null means not set.

    Notes
    -----
    A log without the column has nothing to drop: `needs` names it, and the list says that the
    rule was not applied. A value that is neither yes nor no is an error, since guessing would
    call an account that asked not to be called.
    """

    name = "flagged"

    def __init__(self, column: str) -> None:
        self.column = column
        self.needs = (column,)

    def drops(self, rows: pd.DataFrame) -> np.ndarray:
        """True where the flag is set.

        Raises
        ------
        DataError
            If a value is neither yes nor no.
        """
        text = rows[self.column].astype("string").str.strip().str.casefold().fillna("")
        unclear = text[~text.isin(_YES | _NO)]
        if len(unclear):
            raise DataError(
                f"the flag {self.column} is not yes or no",
                got=", ".join(map(repr, unclear.unique()[:5])),
                allowed="true/false, yes/no, 1/0 or null",
                remedy="clean the column in the account table",
                reason_code="bad_flag",
            )
        return text.isin(_YES).to_numpy(dtype=bool)
