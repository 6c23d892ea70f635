"""Which pairs of division and SKU were seen of each target, in several windows at once."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from gosales.core.columns import CUTOFF, DIVISION_KEY, SKU_KEY, TARGET
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView


def target_pairs(view: AsOfView, windows: Sequence[Lookback]) -> ibis.Table:
    """One row per cutoff, target and pair.

    Parameters
    ----------
    view : AsOfView
        Serves the lines and knows the targets.
    windows : sequence of Lookback
        Declared ones.

    Returns
    -------
    ibis.Table
        cutoff, target, division_key, sku_key and, named by each window's token, whether a line
        of the pair lies in it.

    Notes
    -----
    The whole log knows pairs that nobody had sold yet at a cutoff; this table does not.
    """
    lines = view.transactions()
    inside = {window.token: view.within(lines, window) for window in windows}
    seen = lines.group_by([CUTOFF, DIVISION_KEY, SKU_KEY]).aggregate(
        **{token: here.any() for token, here in inside.items()}
    )
    pairs = view.by_target(seen)
    return pairs.select(CUTOFF, TARGET, DIVISION_KEY, SKU_KEY, *inside)
