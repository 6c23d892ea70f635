"""How many accounts bought a SKU, a target, and both, within one window."""

from __future__ import annotations

from typing import Final

import ibis

from gosales.core.columns import CUSTOMER, CUTOFF, DIVISION_KEY, SKU_KEY, TARGET
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView

_PAIR: Final = [DIVISION_KEY, SKU_KEY]


def co_purchase(view: AsOfView, window: Lookback) -> tuple[ibis.Table, ibis.Table]:
    """Counts of accounts by SKU and target, and who bought which SKU.

    Parameters
    ----------
    view : AsOfView
        Serves the purchases and knows the targets.
    window : Lookback
        A declared one; only purchases within it count.

    Returns
    -------
    counts : ibis.Table
        cutoff, target, division_key, sku_key with, as integers, the accounts that bought
        anything (``n_all``), the SKU (``n_item``), the target (``n_target``) and both
        (``n_both``). One row for every SKU bought that is not the target's own, and every target
        that somebody bought.
    bought : ibis.Table
        customer_id, cutoff, division_key, sku_key, each once.
    """
    lines = view.purchases()
    lines = lines.filter(view.within(lines, window))
    bought = lines.select(CUSTOMER, CUTOFF, *_PAIR).distinct()
    n_all = bought.group_by(CUTOFF).aggregate(n_all=bought[CUSTOMER].nunique())
    n_item = bought.group_by([CUTOFF, *_PAIR]).aggregate(n_item=bought.count())
    owners = view.by_target(bought).select(CUSTOMER, CUTOFF, TARGET).distinct()
    n_target = owners.group_by([CUTOFF, TARGET]).aggregate(n_target=owners.count())
    both = bought.join(owners, [CUSTOMER, CUTOFF])
    n_both = both.group_by([CUTOFF, TARGET, *_PAIR]).aggregate(n_both=both.count())
    own = view.by_target(n_item).select(CUTOFF, TARGET, *_PAIR)
    counts = n_item.join(n_target, CUTOFF).join(n_all, CUTOFF)
    counts = counts.anti_join(own, [CUTOFF, TARGET, *_PAIR])
    counts = counts.left_join(n_both, [CUTOFF, TARGET, *_PAIR])
    return (
        counts.select(
            CUTOFF, TARGET, *_PAIR, "n_all", "n_item", "n_target",
            n_both=counts["n_both"].fill_null(0),
        ),
        bought,
    )  # fmt: skip
