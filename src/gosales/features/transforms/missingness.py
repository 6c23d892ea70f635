"""The one place where absence is marked and filled: mask first, then one fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd

from gosales.core.errors import ConfigError, InternalError
from gosales.features.spec import FeatureSpec


@dataclass(frozen=True)
class FittedMissingness:
    """The columns that may be null, and what fills them.

    Parameters
    ----------
    columns : tuple of str
        Nullable numeric columns; each gets a flag ``<name>_missing``. Empty when switched off.
    fill_value : float
        Written where they are null.
    """

    columns: tuple[str, ...]
    fill_value: float

    def apply(self, X: pd.DataFrame) -> pd.DataFrame:
        """Append the flags (1.0 where null), then fill.

        Raises
        ------
        InternalError
            If a column is not there.
        """
        lost = [c for c in self.columns if c not in X.columns]
        if lost:
            raise InternalError(
                "a column that may be null is not in the matrix",
                got=f"without {', '.join(lost[:5])}",
                allowed="every column the transforms were fitted on",
                remedy="build the features with the model's own specs",
                reason_code="bad_matrix",
            )
        if not self.columns:
            return X
        names = list(self.columns)
        values = X[names].to_numpy(dtype="float64", na_value=np.nan)
        absent = np.isnan(values)
        flags = pd.DataFrame(
            absent.astype("float64"), index=X.index, columns=[f"{n}_missing" for n in names]
        )
        filled = pd.DataFrame(
            np.where(absent, self.fill_value, values), index=X.index, columns=names
        )
        rest = X.drop(columns=names)
        ordered = pd.concat([rest, filled], axis=1)[list(X.columns)]
        return pd.concat([ordered, flags], axis=1)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"columns": list(self.columns), "fill_value": self.fill_value}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore."""
        return cls(tuple(map(str, state["columns"])), float(state["fill_value"]))


@dataclass(frozen=True)
class Missingness:
    """Flags and fills nullable numeric columns.

    Parameters
    ----------
    enable : bool, default True
        ``features.centralized_fill_enable``; when false nulls reach the estimator as they are,
        without flags, and an estimator that cannot read nulls says so.
    fill_value : float, default -1
        The one fill of all nullable numeric columns.

    Notes
    -----
    Which columns get a flag is decided by their declaration (``nullable``) and never by the data,
    so that every fold and every scoring run has the same columns. Categories are not touched:
    the vocabulary gives null a column of its own.
    """

    enable: bool = True
    fill_value: float = -1.0
    name: str = field(default="missingness", init=False)

    def __post_init__(self) -> None:
        if not np.isfinite(self.fill_value):
            raise ConfigError(
                "the fill value is not a number",
                got=f"fill_value={self.fill_value}",
                allowed="a finite number",
                remedy="mend features.transforms.missingness.fill_value, or set"
                " features.centralized_fill_enable=false",
                reason_code="bad_transform",
            )

    def fit(self, X: pd.DataFrame, specs: Sequence[FeatureSpec]) -> FittedMissingness:
        """Take the nullable numeric columns from their declarations; no value is looked at."""
        wanted = [s.name for s in specs if s.nullable and s.dtype == "number"]
        columns = tuple(n for n in wanted if n in X.columns) if self.enable else ()
        return FittedMissingness(columns, float(self.fill_value))
