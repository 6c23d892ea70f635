"""Accounts somebody is already selling to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.errors import ConfigError
from gosales.whitespace.account_facts import DIVISION_DEAL_DAYS, OPEN_DEAL_DAYS

_COLUMN = {"any": OPEN_DEAL_DAYS, "division": DIVISION_DEAL_DAYS}


class OpenDeal:
    """Drop accounts with an open deal.

    Parameters
    ----------
    scope : {"any", "division"}, default "any"
        Whether a deal of any division counts (DOMAIN §5) or only one of the list's own.
    stale_after_days : int, optional
        A deal opened this long ago or longer counts as forgotten; None: none ever does.

    Examples
    --------
    >>> rows = pd.DataFrame({"open_deal_days": pd.array([0, 400, None], dtype="Int64")})
    >>> OpenDeal().drops(rows).tolist(), OpenDeal(stale_after_days=365).drops(rows).tolist()
    ([True, True, False], [True, False, False])
    """

    name = "open_deal"
    absent = "the log has no deals"

    def __init__(self, scope: str = "any", stale_after_days: int | None = None) -> None:
        if scope not in _COLUMN or (stale_after_days is not None and stale_after_days < 1):
            raise ConfigError(
                "the open-deal rule is malformed",
                got=f"scope={scope}, stale_after_days={stale_after_days}",
                allowed="scope any or division; stale_after_days 1 or more, or null",
                remedy="set whitespace.ranker.rules.open_deal",
                reason_code="bad_rule",
            )
        self.needs = (_COLUMN[scope],)
        self.stale_after_days = stale_after_days

    def drops(self, rows: pd.DataFrame) -> np.ndarray:
        """True where a deal is open."""
        days = rows[self.needs[0]].to_numpy(dtype="float64", na_value=np.nan)
        limit = np.inf if self.stale_after_days is None else self.stale_after_days
        is_open: np.ndarray = days < limit
        return is_open
