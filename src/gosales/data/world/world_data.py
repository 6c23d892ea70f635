"""What a world hands over: three raw tables and the truth."""

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
        industry_sub, region, size (employees, int64), size_bin, rep, parent_account_id (null for
        most). All attributes are static.
    assets : pandas.DataFrame
        Installed base: asset_id, customer_id, sku, rollup, purchase_date, known_date, expiry_date
        (datetime64, null when it never expires), is_subscription (bool), quantity (float64).
    truth : Truth
        True purchase probabilities at any month end.
    """

    transactions: pd.DataFrame
    customers: pd.DataFrame
    assets: pd.DataFrame
    truth: Truth
