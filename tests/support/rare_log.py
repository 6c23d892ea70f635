"""A log in which one target is bought so seldom that its label window must grow."""

from __future__ import annotations

import pandas as pd

ACCOUNTS = 36


def rare_log(first: str = "2019-01-31", last: str = "2024-12-31") -> pd.DataFrame:
    """Everyone buys Base each quarter; Rare is bought once in three years, a month apart."""
    quarters = pd.date_range(first, last, freq="QE")
    base = pd.MultiIndex.from_product([range(ACCOUNTS), quarters], names=["i", "order_date"])
    rare = [
        (i, day)
        for i in range(ACCOUNTS)
        for day in pd.date_range("2019-01-15", last, freq="36MS") + pd.DateOffset(months=i, days=9)
        if pd.Timestamp(first) <= day <= pd.Timestamp(last)
    ]
    lines = pd.concat(
        [
            base.to_frame(index=False).assign(division="Base"),
            pd.DataFrame(rare, columns=["i", "order_date"]).assign(division="Rare"),
        ]
    )
    lines["customer_id"] = [f"c{i:02d}" for i in lines.pop("i")]
    return lines.assign(sku=lines["division"], quantity=1, gross_profit=10.0)
