"""How many rows the top of a list holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gosales.core.errors import ConfigError
from gosales.evaluation.weighted_ranking import WeightedRanking


@dataclass(frozen=True)
class TopSizes:
    """Sizes of the top, as shares of the rows and as counts.

    Parameters
    ----------
    k_pct : sequence of float
        Per cent of the rows: ``k = max(1, floor(n * K / 100))``.
    k_accounts : sequence of int
        Fixed numbers of rows; not defined on a population with fewer.

    Raises
    ------
    ConfigError
        If a percentage is outside (0, 100] or a count is below 1.

    Examples
    --------
    >>> TopSizes([5, 10], [50]).suffixes
    ('5pct', '10pct', '50_accounts')
    """

    k_pct: Sequence[float]
    k_accounts: Sequence[int]

    def __post_init__(self) -> None:
        bad = [k for k in self.k_pct if not 0 < k <= 100]
        bad += [k for k in self.k_accounts if k < 1]
        if bad or not [*self.k_pct, *self.k_accounts]:
            raise ConfigError(
                "the size of a top is malformed",
                got=", ".join(map(str, bad)) or "no size",
                allowed="k_pct in (0, 100], k_accounts >= 1",
                remedy="mend validation.metrics",
                reason_code="bad_top_size",
            )

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Ends of metric names, shares first."""
        shares = (f"{k:g}pct".replace(".", "_") for k in self.k_pct)
        return (*shares, *(f"{k}_accounts" for k in self.k_accounts))

    def mass(self, ranking: WeightedRanking) -> np.ndarray:
        """Rows in each top, shape (B, q); NaN where the population is smaller than a count."""
        total = ranking.total[:, None]
        # A whole share such as 0.29 * 100 must not fall to the number below by rounding.
        shares = np.floor(total * np.asarray(self.k_pct, dtype="float64") / 100 + 1e-9)
        counts = np.asarray(self.k_accounts, dtype="float64")
        held = np.where(counts <= len(ranking.sample), np.minimum(counts, total), np.nan)
        return np.concatenate([np.clip(shares, 1, None), held], axis=1)

    def named(self, prefix: str, values: np.ndarray) -> dict[str, np.ndarray]:
        """Columns of ``values`` by metric name."""
        return {f"{prefix}_at_{s}": values[:, i] for i, s in enumerate(self.suffixes)}
