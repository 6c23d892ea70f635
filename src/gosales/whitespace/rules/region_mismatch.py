"""Accounts in regions the team does not serve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gosales.core.errors import ConfigError
from gosales.core.slug import name_key


class RegionMismatch:
    """Drop accounts whose region is not served.

    Parameters
    ----------
    served : sequence of str, optional
        Regions, matched whatever their case; None: the team serves all, and the rule is idle.
    column : str, default "region"
        Attribute of the account table.

    Notes
    -----
    An account whose region is not known stays: there is nothing it does not match.

    Examples
    --------
    >>> rows = pd.DataFrame({"region": ["West", "north", None]})
    >>> RegionMismatch(["North"]).drops(rows).tolist()
    [True, False, False]
    """

    name = "region_mismatch"

    def __init__(self, served: Sequence[str] | None = None, column: str = "region") -> None:
        if isinstance(served, str) or (served is not None and not len(served)):
            raise ConfigError(
                "the region rule is malformed",
                got=f"served={served!r}",
                allowed="a list of one region or more, or null",
                remedy="set whitespace.ranker.rules.region_mismatch.served",
                reason_code="bad_rule",
            )
        self.served = None if served is None else frozenset(name_key(str(r)) for r in served)
        self.column = column
        self.needs = (column,)
        self.absent = f"the accounts have no {column}"
        self.idle = "every region is served" if served is None else ""

    def drops(self, rows: pd.DataFrame) -> np.ndarray:
        """True where the region is known and not served."""
        region = rows[self.column]
        is_served = [r is None or name_key(r) in (self.served or ()) for r in _texts(region)]
        return ~np.array(is_served, dtype=bool)


def _texts(column: pd.Series) -> list[str | None]:
    return [None if missing else str(v) for v, missing in zip(column, column.isna(), strict=True)]
