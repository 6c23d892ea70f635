"""What a world hands over: the raw tables, the truth, and the faults planted in the tables."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from gosales.data.world.truth import Truth


@dataclass(frozen=True)
class WorldData:
    """Raw tables as a business system would export them on the last day of the log.

    Parameters
    ----------
    transactions : pandas.DataFrame
        One row per invoice line, sorted by order date: customer_id, order_date, known_date
        (datetime64), invoice_id, sku, source_division, quantity (int64, negative for returns),
        revenue, gross_profit (float64, two decimals).
    customers : pandas.DataFrame
        One row per account: customer_id, first_known_date (datetime64), name, industry,
        industry_sub, region, size (employees, int64), size_bin, territory, rep (null for a few),
        parent_account_id (null for most; a few parents have one of their own) and do_not_contact
        (bool). All but the last are static.
    assets : pandas.DataFrame
        Installed base: asset_id, customer_id, sku, rollup, purchase_date, known_date, expiry_date
        (datetime64, null when it never expires), is_subscription (bool), quantity (float64).
    contacts : pandas.DataFrame
        customer_id, contact_date, known_date (datetime64), channel, rep.
    deals : pandas.DataFrame
        deal_id, customer_id, division, opened_date, known_date, closed_date (datetime64, null
        while open), stage (open, won, lost), amount (float64).
    truth : Truth
        True purchase probabilities at any month end, of the world without faults.
    planted : pandas.DataFrame
        The faults planted, one row each: table, row (counted from 1, as staging counts), column,
        kind, fate (see `Blemishes`). Empty unless the world was asked for them.
    """

    transactions: pd.DataFrame
    customers: pd.DataFrame
    assets: pd.DataFrame
    contacts: pd.DataFrame
    deals: pd.DataFrame
    truth: Truth
    planted: pd.DataFrame
