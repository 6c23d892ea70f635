"""What each account bought of each item, net of returns, in several windows at once."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from gosales.core.columns import CUSTOMER, CUTOFF, DIVISION_KEY, IS_PURCHASE, QUANTITY, SKU_KEY
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView


def net_quantities(view: AsOfView, windows: Sequence[Lookback]) -> ibis.Table:
    """One row per account, cutoff and pair of division and SKU.

    Parameters
    ----------
    view : AsOfView
        Serves the lines.
    windows : sequence of Lookback
        Declared ones.

    Returns
    -------
    ibis.Table
        customer_id, cutoff, division_key, sku_key and, named by each window's token, the net
        quantity in it as float64: null where there is no line, zero or less where as much came
        back. A line without quantity counts 1, a return without quantity -1.
    """
    lines = view.transactions()
    inside = [view.within(lines, window) for window in windows]
    lines = lines.mutate(_units=ibis.coalesce(lines[QUANTITY], _sign(lines)))
    columns = {
        window.token: lines["_units"].sum(where=here).cast("float64")
        for window, here in zip(windows, inside, strict=True)
    }
    kept = lines.filter(ibis.or_(*inside))
    return kept.group_by([CUSTOMER, CUTOFF, DIVISION_KEY, SKU_KEY]).aggregate(**columns)


def _sign(lines: ibis.Table) -> ibis.Value:
    # Of the quantity's own type: mixed types would turn exact sums into floats.
    one = ibis.literal(1).cast(lines[QUANTITY].type())
    return lines[IS_PURCHASE].ifelse(one, -one)
