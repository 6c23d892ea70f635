"""On which days each account bought each item, and in which windows those days lie."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from gosales.core.columns import CUSTOMER, CUTOFF, DIVISION_KEY, ORDER_DATE, SKU_KEY
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView


def purchase_days(view: AsOfView, windows: Sequence[Lookback]) -> ibis.Table:
    """One row per account, cutoff, day and pair of division and SKU.

    Parameters
    ----------
    view : AsOfView
        Serves the purchases.
    windows : sequence of Lookback
        Declared ones.

    Returns
    -------
    ibis.Table
        customer_id, cutoff, order_date, division_key, sku_key and, named by each window's token,
        whether such a line lies in it.
    """
    lines = view.purchases()
    inside = {window.token: view.within(lines, window) for window in windows}
    return lines.group_by([CUSTOMER, CUTOFF, ORDER_DATE, DIVISION_KEY, SKU_KEY]).aggregate(
        **{token: here.any() for token, here in inside.items()}
    )
