"""Which money column a feature sums."""

from __future__ import annotations

from typing import Final

import ibis

from gosales.core.columns import GROSS_PROFIT, REVENUE
from gosales.core.errors import ConfigError

_KINDS: Final = ("auto", "gp", "revenue")


def money(lines: ibis.Table, kind: str) -> ibis.Value:
    """The money of each line, exact (DECIMAL), null where unknown.

    Parameters
    ----------
    lines : ibis.Table
        A table served by the as-of view.
    kind : {"auto", "gp", "revenue"}
        ``gp`` and ``revenue`` take that column and nothing else. ``auto`` takes gross profit
        and, on lines whose gross profit is unknown, revenue: on a log without gross profit it
        means revenue, on a log that always knows it, gross profit.

    Raises
    ------
    ConfigError
        If the kind is none of these.

    Notes
    -----
    ``auto`` decides line by line, from the line alone, so that no later line can change what an
    earlier one counts for. On a log that knows gross profit for some lines only, use ``gp``.
    """
    if kind not in _KINDS:
        raise ConfigError(
            "the money of a feature family is not understood",
            got=repr(kind),
            allowed=", ".join(_KINDS),
            remedy="set the family's money",
            reason_code="bad_family",
        )
    if kind == "gp":
        return lines[GROSS_PROFIT]
    if kind == "revenue":
        return lines[REVENUE]
    return ibis.coalesce(lines[GROSS_PROFIT], lines[REVENUE])
