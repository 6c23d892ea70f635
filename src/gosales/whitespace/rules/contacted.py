"""Accounts that were contacted a short while ago."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.errors import ConfigError
from gosales.whitespace.account_facts import LAST_CONTACT_DAYS


class Contacted:
    """Drop accounts contacted within the last ``within_days`` days.

    Parameters
    ----------
    within_days : int, default 21
        A contact counts in ``(cutoff - within_days, cutoff]`` (DOMAIN §5).

    Examples
    --------
    >>> rows = pd.DataFrame({"last_contact_days": pd.array([0, 20, 21, None], dtype="Int64")})
    >>> Contacted(21).drops(rows).tolist()
    [True, True, False, False]
    """

    name = "contacted"
    needs = (LAST_CONTACT_DAYS,)
    absent = "the log has no contacts"

    def __init__(self, within_days: int = 21) -> None:
        if within_days < 1:
            raise ConfigError(
                "the contact rule is out of range",
                got=f"within_days={within_days}",
                allowed="1 or more",
                remedy="set whitespace.ranker.rules.contacted.within_days, or null the rule",
                reason_code="bad_rule",
            )
        self.within_days = within_days

    def drops(self, rows: pd.DataFrame) -> np.ndarray:
        """True where the last contact is too recent."""
        days = rows[LAST_CONTACT_DAYS].to_numpy(dtype="float64", na_value=np.nan)
        recent: np.ndarray = days < self.within_days
        return recent
