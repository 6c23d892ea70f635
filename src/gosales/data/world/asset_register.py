"""The installed base: what was sold and stays with the account."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.seeds import derive_seed
from gosales.data.world.accounts import Accounts
from gosales.data.world.catalogue import CATALOGUE
from gosales.data.world.world_calendar import WorldCalendar

_DAYS_PER_MONTH = 365.25 / 12
_MOST_DAYS_TO_REGISTER = 7


def asset_register(
    seed: int, lines: pd.DataFrame, accounts: Accounts, last_day: int
) -> pd.DataFrame:
    """One asset per purchase line of an installed product.

    Parameters
    ----------
    seed : int
        Root seed.
    lines : pandas.DataFrame
        Output of `Ledger.lines`.
    accounts : Accounts
        Who owns.
    last_day : int
        End of the log (days since 1970-01-01); assets registered later are absent.

    Notes
    -----
    Goods sent back stay registered: an asset that vanished because of a later return would tell
    the past what came after it.
    """
    rng = np.random.default_rng(derive_seed(seed, "world", "assets"))
    installed = np.array([product.rollup is not None for product in CATALOGUE])
    sold = lines[installed[lines["line"]] & ~lines["returned"].to_numpy(dtype=bool)]
    known = sold["known_day"] + rng.integers(0, _MOST_DAYS_TO_REGISTER, len(sold), endpoint=True)
    sold = sold.assign(known_day=known)[(known <= last_day).to_numpy()]
    line = sold["line"].to_numpy()
    term = np.array([product.term_months for product in CATALOGUE])[line]
    return pd.DataFrame(
        {
            "asset_id": [f"AS{i:07d}" for i in range(len(sold))],
            "customer_id": accounts.customer_id[sold["account"]],
            "sku": sold["sku"].to_numpy(),
            "rollup": np.array([p.rollup for p in CATALOGUE], dtype=object)[line],
            "purchase_date": WorldCalendar.dates(sold["order_day"].to_numpy()),
            "known_date": WorldCalendar.dates(sold["known_day"].to_numpy()),
            "expiry_date": _expiry(sold["order_day"].to_numpy(), term),
            "is_subscription": np.array([p.subscription for p in CATALOGUE])[line],
            "quantity": sold["quantity"].to_numpy(dtype="float64"),
        }
    )


def _expiry(bought: np.ndarray, term_months: np.ndarray) -> np.ndarray:
    days = WorldCalendar.dates(bought + np.round(term_months * _DAYS_PER_MONTH).astype(np.int64))
    return np.where(term_months > 0, days, np.datetime64("NaT", "s"))
