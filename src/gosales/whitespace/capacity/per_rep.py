"""As many accounts as each rep can call."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.columns import REP
from gosales.core.errors import ConfigError


class PerRep:
    """Take the best ``accounts`` of each rep.

    Parameters
    ----------
    accounts : int, default 25
        Accounts per rep (DOMAIN §5). Accounts without a rep share one quota.
    """

    name = "per_rep"

    def __init__(self, accounts: int = 25) -> None:
        if accounts < 1:
            raise ConfigError(
                "the list capacity is out of range",
                got=f"accounts={accounts}",
                allowed="1 or more",
                remedy="set whitespace.capacity.accounts",
                reason_code="bad_capacity",
            )
        self.accounts = accounts

    def choose(self, rows: pd.DataFrame) -> np.ndarray:
        """True for each rep's first rows."""
        if REP not in rows:
            raise ConfigError(
                "no rep is known for these accounts",
                got=", ".join(map(str, rows.columns)),
                allowed=f"a column {REP} in the account table",
                remedy="map it with data.customer_columns, or use whitespace/capacity=top_percent",
                reason_code="no_rep",
            )
        order = rows.groupby(rows[REP].fillna(""), sort=False).cumcount()
        return order.to_numpy() < self.accounts
