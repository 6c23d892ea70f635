"""Honest worlds of many kinds, on which no check may find a leak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gosales.core.errors import ConfigError
from gosales.core.seeds import derive_seed


@dataclass(frozen=True)
class CleanWorlds:
    """Parameters of the k-th clean world, drawn uniformly from ranges.

    Parameters
    ----------
    n_accounts : sequence of two int
        Least and most accounts.
    activity : sequence of two float
        Multiplies all purchase rates, and so the prevalence.
    drift, season, signal, late_share : sequence of two float
        Parameters of `gosales.data.world.world.World`.

    Raises
    ------
    ConfigError
        If a range is not two rising numbers.

    Examples
    --------
    >>> sorted(CleanWorlds(drift=(0.0, 0.0)).draw(3).items())[1]
    ('drift', 0.0)
    """

    n_accounts: Sequence[int] = (600, 1500)
    activity: Sequence[float] = (0.7, 1.6)
    drift: Sequence[float] = (0.0, 0.4)
    season: Sequence[float] = (0.0, 0.8)
    signal: Sequence[float] = (0.5, 1.5)
    late_share: Sequence[float] = (0.0, 0.1)

    def __post_init__(self) -> None:
        wrong = [f"{k}={list(v)}" for k, v in vars(self).items() if len(v) != 2 or v[0] > v[1]]
        if wrong:
            raise ConfigError(
                "a range of clean worlds is malformed",
                got=", ".join(wrong),
                allowed="two numbers, the lesser first",
                remedy="mend selftest.worlds",
                reason_code="bad_range",
            )

    def draw(self, seed: int) -> dict[str, Any]:
        """The parameters of one world."""
        rng = np.random.default_rng(derive_seed(seed, "clean world"))
        drawn = {name: float(rng.uniform(*ends)) for name, ends in vars(self).items()}
        return {k: round(v) if k == "n_accounts" else round(v, 3) for k, v in drawn.items()}
