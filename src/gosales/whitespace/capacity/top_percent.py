"""The best share of the eligible accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gosales.core.errors import ConfigError


class TopPercent:
    """Take the top ``percent`` of the eligible accounts.

    Parameters
    ----------
    percent : float, default 10
        In (0, 100].

    Notes
    -----
    ``k = max(1, floor(n * percent / 100))``.

    Examples
    --------
    >>> import pandas as pd
    >>> int(TopPercent(10).choose(pd.DataFrame(index=range(57))).sum())
    5
    """

    name = "top_percent"

    def __init__(self, percent: float = 10.0) -> None:
        if not 0 < percent <= 100:
            raise ConfigError(
                "the list capacity is out of range",
                got=f"percent={percent}",
                allowed="above 0, up to 100",
                remedy="set whitespace.capacity.percent",
                reason_code="bad_capacity",
            )
        self.percent = percent

    def choose(self, rows: pd.DataFrame) -> np.ndarray:
        """True for the first k rows."""
        k = max(1, int(len(rows) * self.percent / 100)) if len(rows) else 0
        return np.arange(len(rows)) < k
