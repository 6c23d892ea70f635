"""What each account has installed, in several windows at once."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from gosales.core.columns import CUSTOMER, CUTOFF, PURCHASE_DATE, QUANTITY, ROLLUP, SKU
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView


def installed_pieces(view: AsOfView, windows: Sequence[Lookback]) -> ibis.Table:
    """One row per account, cutoff, rollup and SKU.

    Parameters
    ----------
    view : AsOfView
        Serves the assets.
    windows : sequence of Lookback
        Declared ones; an asset lies in a window if it was bought and known in it.

    Returns
    -------
    ibis.Table
        customer_id, cutoff, rollup and sku (null where not told) and, named by each window's
        token, the number of pieces as float64, null where none. An asset without quantity
        counts 1.
    """
    assets = view.assets()
    inside = [view.within(assets, window, PURCHASE_DATE) for window in windows]
    # DECIMAL, so that the sum does not depend on the order of rows.
    pieces = assets[QUANTITY].cast("decimal(18, 3)")
    assets = assets.mutate(_pieces=pieces.fill_null(ibis.literal(1).cast(pieces.type())))
    columns = {
        window.token: assets["_pieces"].sum(where=here).cast("float64")
        for window, here in zip(windows, inside, strict=True)
    }
    kept = assets.filter(ibis.or_(*inside))
    return kept.group_by([CUSTOMER, CUTOFF, ROLLUP, SKU]).aggregate(**columns)
