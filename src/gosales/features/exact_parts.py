"""Quotients as whole numbers, so that adding them up depends on no order."""

from __future__ import annotations

from typing import Final

import ibis

# As many parts as leave room for a million addends in 64 bits.
PARTS: Final = 10**12


def exact_parts(ratio: ibis.Value) -> ibis.Value:
    """A quotient in whole millionths of a millionth.

    Parameters
    ----------
    ratio : ibis.Value
        A float whose absolute value is at most a few; null stays null.

    Returns
    -------
    ibis.Value
        int64; divide a sum of them by `PARTS`.

    Notes
    -----
    Floats add up to other last bits in another order of rows or with another number of threads;
    integers do not. What is lost lies below 10^-12 an addend.
    """
    return (ratio * float(PARTS)).round().cast("int64")
