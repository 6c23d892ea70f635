"""Sums over all customers beside each customer's own: what empirical-Bayes priors are made of."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from gosales.core.columns import CUTOFF, TARGET


def pooled(rows: ibis.Table, columns: Sequence[str]) -> ibis.Table:
    """Each row with the sums over all customers of its cutoff and, where it has one, its target.

    Parameters
    ----------
    rows : ibis.Table
        One row per customer, cutoff and, if it has that column, target.
    columns : sequence of str
        Whole numbers or DECIMALs, so that no sum depends on the order of rows.

    Returns
    -------
    ibis.Table
        ``rows`` with a column ``<column>_pool`` for each.
    """
    by = [key for key in (CUTOFF, TARGET) if key in rows.columns]
    # A join, not a window: few groups, and a window would hold every row to fill them in.
    sums = rows.group_by(by).aggregate(**{f"{c}_pool": rows[c].sum() for c in columns})
    return rows.join(sums, by)
