"""Caps on money, learned on training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd

from gosales.core.errors import ConfigError
from gosales.features.spec import FeatureSpec


@dataclass(frozen=True)
class FittedWinsor:
    """Lower and upper cap of each money column.

    Parameters
    ----------
    caps : mapping of str to (float, float)
        Column to its caps; columns not named pass unchanged.
    """

    caps: Mapping[str, tuple[float, float]]

    def apply(self, X: pd.DataFrame) -> pd.DataFrame:
        """Clip; nulls stay null."""
        # By array: a fit clips dozens of columns, and each clip of a series costs a millisecond.
        clipped = {
            name: np.clip(X[name].to_numpy(dtype="float64", na_value=np.nan), low, high)
            for name, (low, high) in self.caps.items()
            if name in X.columns
        }
        return X.assign(**clipped)

    def to_json(self) -> dict[str, Any]:
        """Plain values; floats keep every bit."""
        return {"caps": {name: list(pair) for name, pair in self.caps.items()}}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore."""
        caps = state["caps"]
        return cls({str(name): (float(low), float(high)) for name, (low, high) in caps.items()})


@dataclass(frozen=True)
class Winsor:
    """Clips money columns at quantiles of the training rows.

    Parameters
    ----------
    p : float, default 0.99
        Upper quantile; the lower one is 1 - p.
    min_count : int, default 20
        A column with fewer non-zero values on the training rows gets no cap.

    Notes
    -----
    Quantiles are taken over the non-zero finite values: a zero says that nothing was bought, and
    in a rare division nearly all values are zero, so that a quantile over all rows would cap every
    purchase at nothing. The lower cap is at most 0 and the upper at least 0: zero stays zero.
    """

    p: float = 0.99
    min_count: int = 20
    name: str = field(default="winsor", init=False)

    def __post_init__(self) -> None:
        if not 0.5 < self.p <= 1.0 or self.min_count < 1:
            raise ConfigError(
                "the winsor transform is malformed",
                got=f"p={self.p}, min_count={self.min_count}",
                allowed="0.5 < p <= 1 and min_count >= 1",
                remedy="mend features.transforms.winsor",
                reason_code="bad_transform",
            )

    def fit(self, X: pd.DataFrame, specs: Sequence[FeatureSpec]) -> FittedWinsor:
        """Learn the caps of every money column present."""
        caps = {}
        for name in (s.name for s in specs if s.money and s.name in X.columns):
            values = X[name].to_numpy(dtype="float64", na_value=np.nan)
            values = values[np.isfinite(values) & (values != 0.0)]
            if len(values) >= self.min_count:
                low, high = np.quantile(values, [1.0 - self.p, self.p])
                caps[name] = (min(0.0, float(low)), max(0.0, float(high)))
        return FittedWinsor(caps)
