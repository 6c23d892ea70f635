"""Accounts that have the target installed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.errors import ConfigError
from gosales.whitespace.account_facts import ASSET_EXPIRED_DAYS


class ActiveAsset:
    """Drop accounts with an asset of the target that is active or expired a short while ago.

    Parameters
    ----------
    back_after_days : int, default 365
        Once the last of them expired this long ago the account may be called again (DOMAIN §5).

    Examples
    --------
    >>> days = pd.array([-1, 364, 365, None], dtype="Int64")
    >>> ActiveAsset(365).drops(pd.DataFrame({"asset_expired_days": days})).tolist()
    [True, True, False, False]
    """

    name = "active_asset"
    needs = (ASSET_EXPIRED_DAYS,)
    absent = "the log has no assets"

    def __init__(self, back_after_days: int = 365) -> None:
        if back_after_days < 0:
            raise ConfigError(
                "the asset rule is out of range",
                got=f"back_after_days={back_after_days}",
                allowed="0 or more",
                remedy="set whitespace.ranker.rules.active_asset.back_after_days",
                reason_code="bad_rule",
            )
        self.back_after_days = back_after_days

    def drops(self, rows: pd.DataFrame) -> np.ndarray:
        """True where an asset is active, or expired less than that long ago."""
        days = rows[ASSET_EXPIRED_DAYS].to_numpy(dtype="float64", na_value=np.nan)
        holds: np.ndarray = days < self.back_after_days
        return holds
