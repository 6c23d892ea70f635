"""A ranking that learns nothing but the base rate: for divisions too sparse for a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from gosales.core.errors import DegenerateError
from gosales.features.spec import FeatureSpec
from gosales.models.logistic import sigmoid
from gosales.models.numeric_matrix import numeric_matrix
from gosales.models.training_table import TrainingTable

_STEPS = 200


@dataclass(frozen=True)
class FittedHeuristic:
    """Signs and scales of the columns, and the log odds that meet the base rate.

    Parameters
    ----------
    columns : tuple of str
        Columns of the matrix, in order.
    center, scale : tuple of float
        One per column, of its signed logarithm.
    signs : tuple of float
        1, -1, or 0 for a column that has no declared direction or does not vary.
    intercept : float
        Log odds of an average account.
    """

    columns: tuple[str, ...]
    center: tuple[float, ...]
    scale: tuple[float, ...]
    signs: tuple[float, ...]
    intercept: float

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Probabilities, shape (n,)."""
        values = numeric_matrix(X, self.columns, nulls=False)
        return sigmoid(self.intercept + _mean(_spread(values), self))

    def importance(self) -> dict[str, float]:
        """The same share for every column that has a direction."""
        sizes = np.abs(self.signs)
        return dict(zip(self.columns, (sizes / sizes.sum()).tolist(), strict=True))

    def to_json(self) -> dict[str, Any]:
        """Plain values; floats keep every bit."""
        return {
            "columns": list(self.columns),
            "center": list(self.center),
            "scale": list(self.scale),
            "signs": list(self.signs),
            "intercept": self.intercept,
        }

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore."""
        return cls(
            columns=tuple(map(str, state["columns"])),
            center=tuple(map(float, state["center"])),
            scale=tuple(map(float, state["scale"])),
            signs=tuple(map(float, state["signs"])),
            intercept=float(state["intercept"]),
        )


@dataclass(frozen=True)
class Heuristic:
    r"""Equal weights on every column whose direction is known beforehand.

    Parameters
    ----------
    name : str, default "heuristic"
        Shown in run names.

    Notes
    -----
    With :math:`f(x) = \mathrm{sign}(x) \ln(1 + |x|)`, standardised on the training rows, and the
    declared direction :math:`s_j` of each column, an account scores
    :math:`z = \frac1k \sum_j s_j (f(x_j) - m_j) / d_j` and gets the probability
    :math:`\sigma(c + z)`; :math:`c` makes the mean probability the base rate. Labels decide that
    one number and nothing else, so few positives are enough. Where the rows have one class, half
    a row of the other stands in (the rate's expectation under Jeffreys' prior): months without a
    buyer yet can be ranked, and promise little. It is no model: versions carry the tag
    ``model_backed=false`` and cards say so.

    References
    ----------
    Dawes 1979, "The robust beauty of improper linear models in decision making"; Jeffreys 1946.
    """

    name: str = "heuristic"
    takes_one_class: ClassVar[bool] = True

    def fit(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        weights: np.ndarray | None,
        specs: Sequence[FeatureSpec],
        seed: int,
    ) -> FittedHeuristic:
        """Standardise the columns with a direction and meet the base rate.

        Raises
        ------
        DegenerateError
            If no column varies, or none with a declared direction does (``no_direction``).
        """
        table = TrainingTable.of(X, y, weights, nulls=False, one_class=True)
        values, declared = _spread(table.values), {s.name: float(s.monotone) for s in specs}
        center = np.average(values, axis=0, weights=table.weights)
        spread = np.sqrt(np.average((values - center) ** 2, axis=0, weights=table.weights))
        varies = spread > 1e-12 * (1.0 + np.abs(center))
        signs = np.where(varies, [declared.get(c, 0.0) for c in table.columns], 0.0)
        if not signs.any():
            raise DegenerateError(
                "the heuristic has no column to go by",
                got=f"{len(table.columns)} columns, none that varies has a declared direction",
                allowed="a family whose specs declare monotone 1 or -1",
                remedy="switch on rfm, or choose another estimator",
                reason_code="no_direction",
            )
        fitted = FittedHeuristic(
            columns=table.columns,
            center=tuple(center.tolist()),
            scale=tuple(np.where(varies, spread, 1.0).tolist()),
            signs=tuple(signs.tolist()),
            intercept=0.0,
        )
        return replace(fitted, intercept=_intercept(_mean(values, fitted), table))


def _mean(values: np.ndarray, fitted: FittedHeuristic) -> np.ndarray:
    z = np.zeros(len(values))
    # Column by column: a BLAS product may round a row differently as the row count changes.
    for j, sign in enumerate(fitted.signs):
        if sign:
            z += sign * (values[:, j] - fitted.center[j]) / fitted.scale[j]
    out: np.ndarray = z / np.count_nonzero(fitted.signs)
    return out


def _intercept(z: np.ndarray, table: TrainingTable) -> float:
    weights = np.ones(len(z)) if table.weights is None else table.weights
    total = float(weights.sum())
    rate = float(weights @ table.y) / total
    if rate in (0.0, 1.0):
        rate = (rate * total + 0.5) / (total + 1.0)
    low, high = -60.0, 60.0
    for _ in range(_STEPS):
        c = (low + high) / 2.0
        short = float(weights @ sigmoid(c + z)) < rate * total
        low, high = (c, high) if short else (low, c)
    return (low + high) / 2.0


def _spread(values: np.ndarray) -> np.ndarray:
    out: np.ndarray = np.sign(values) * np.log1p(np.abs(values))
    return out
