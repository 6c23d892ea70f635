"""Accounts that own the target are not whitespace."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.columns import EVER_OWNED, IS_OWNER
from gosales.core.errors import ConfigError


class Owned:
    """Drop accounts that bought the target.

    Parameters
    ----------
    ever : bool, default True
        True drops whoever ever bought it (DOMAIN §5); False only owners within the ownership
        window, so that lapsed buyers may be called again.
    """

    name = "owned"

    def __init__(self, ever: bool = True) -> None:
        self.ever = ever

    def drops(self, rows: pd.DataFrame) -> np.ndarray:
        """True where the account owns the target."""
        column = EVER_OWNED if self.ever else IS_OWNER
        if column not in rows:
            raise ConfigError(
                "ownership is not known for these rows",
                got=", ".join(map(str, rows.columns)),
                allowed=f"a column {column}",
                remedy="rank the file that `gosales score` wrote",
                reason_code="no_ownership",
            )
        return rows[column].to_numpy(dtype=bool)
