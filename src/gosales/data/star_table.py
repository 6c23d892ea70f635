"""A star's table where expressions run."""

from __future__ import annotations

from typing import Final

import ibis

from gosales.core.columns import CUSTOMER, DIVISION, DIVISION_KEY, SKU, SKU_KEY
from gosales.data.engine import Engine
from gosales.data.star import ASSETS, CUSTOMERS, TRANSACTIONS, Star

# Text that queries group, join and sort on, and the table that lists every value of it.
_DOMAINS: Final = {
    TRANSACTIONS: {
        CUSTOMER: CUSTOMERS,
        DIVISION: TRANSACTIONS,
        DIVISION_KEY: TRANSACTIONS,
        SKU: TRANSACTIONS,
        SKU_KEY: TRANSACTIONS,
        "family": TRANSACTIONS,
        "sale_type": TRANSACTIONS,
    },
    CUSTOMERS: {CUSTOMER: CUSTOMERS},
    ASSETS: {CUSTOMER: CUSTOMERS},
}


def star_table(star: Star, name: str, engine: Engine) -> ibis.Table:
    """One table of a star, held by the engine.

    Parameters
    ----------
    star : Star
        The data.
    name : str
        ``fact_transactions``, ``dim_customer``, ``assets``, …
    engine : Engine
        Where expressions run.

    Notes
    -----
    Nothing but `AsOfView` (features), `OutcomeView` (labels) and what lists names of divisions
    and SKUs should call this: rows of every date are in it.
    """
    domains = {column: star.table(listed) for column, listed in _DOMAINS.get(name, {}).items()}
    return engine.table(star.table(name), star.digest, domains)
