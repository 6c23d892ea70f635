"""Which money column a feature sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import ibis

from gosales.core.columns import GROSS_PROFIT, REVENUE
from gosales.core.errors import ConfigError

_WORDS: Final = {"auto": "sales value", "gp": "gross profit", "revenue": "revenue"}


@dataclass(frozen=True)
class Money:
    """The money of a line.

    Parameters
    ----------
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

    kind: str = "auto"

    def __post_init__(self) -> None:
        if self.kind not in _WORDS:
            raise ConfigError(
                "the money of a feature family is not understood",
                got=repr(self.kind),
                allowed=", ".join(_WORDS),
                remedy="set the family's money",
                reason_code="bad_family",
            )

    @property
    def words(self) -> str:
        """What the sum is called in descriptions."""
        return _WORDS[self.kind]

    def of(self, lines: ibis.Table) -> ibis.Value:
        """Money of each line of a table the as-of view served: DECIMAL, null where unknown."""
        if self.kind == "gp":
            return lines[GROSS_PROFIT]
        if self.kind == "revenue":
            return lines[REVENUE]
        return ibis.coalesce(lines[GROSS_PROFIT], lines[REVENUE])
