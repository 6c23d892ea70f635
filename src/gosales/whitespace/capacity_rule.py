"""How many of the eligible accounts the team can work."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd


@runtime_checkable
class CapacityRule(Protocol):
    """Chooses rows of a list sorted best first."""

    name: str

    def choose(self, rows: pd.DataFrame) -> np.ndarray:
        """Boolean array, shape (n,): True where the account is on the list."""
