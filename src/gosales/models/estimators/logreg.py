"""Logistic regression on its own standardised columns: the baseline every model must meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from gosales.core.errors import ConfigError
from gosales.features.spec import FeatureSpec
from gosales.models.logistic import sigmoid
from gosales.models.numeric_matrix import numeric_matrix
from gosales.models.training_table import TrainingTable


@dataclass(frozen=True)
class FittedLogReg:
    """Coefficients on standardised columns; predicts with numpy alone.

    Parameters
    ----------
    columns : tuple of str
        Columns of the matrix, in order.
    center, scale, coefficients : tuple of float
        One per column.
    intercept : float
        On the standardised scale: log odds of the average account.
    signed_log : bool
        Whether columns pass through ``sign(x) log(1 + |x|)`` first.
    converged : bool
        Whether the solver reached its tolerance.
    """

    columns: tuple[str, ...]
    center: tuple[float, ...]
    scale: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float
    signed_log: bool
    converged: bool

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Probabilities, shape (n,)."""
        values = _spread(numeric_matrix(X, self.columns, nulls=False), self.signed_log)
        z = np.full(len(values), self.intercept)
        # Column by column: a BLAS product may round a row differently as the row count changes.
        for j, (mean, sd, weight) in enumerate(
            zip(self.center, self.scale, self.coefficients, strict=True)
        ):
            if weight != 0.0:
                z += (values[:, j] - mean) / sd * weight
        return sigmoid(z)

    def importance(self) -> dict[str, float]:
        """Share of each column in the sum of absolute standardised coefficients."""
        sizes = np.abs(self.coefficients)
        total = float(sizes.sum()) or 1.0
        return dict(zip(self.columns, (sizes / total).tolist(), strict=True))

    def to_json(self) -> dict[str, Any]:
        """Plain values; floats keep every bit."""
        return {
            "columns": list(self.columns),
            "center": list(self.center),
            "scale": list(self.scale),
            "coefficients": list(self.coefficients),
            "intercept": self.intercept,
            "signed_log": self.signed_log,
            "converged": self.converged,
        }

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore."""
        return cls(
            columns=tuple(map(str, state["columns"])),
            center=tuple(map(float, state["center"])),
            scale=tuple(map(float, state["scale"])),
            coefficients=tuple(map(float, state["coefficients"])),
            intercept=float(state["intercept"]),
            signed_log=bool(state["signed_log"]),
            converged=bool(state["converged"]),
        )


@dataclass(frozen=True)
class LogReg:
    """L2-penalised logistic regression.

    Parameters
    ----------
    C : float, default 0.003
        Inverse strength of the penalty on standardised coefficients.
    max_iter : int, default 500
        Steps of lbfgs.
    signed_log : bool, default True
        Compress money and counts by ``sign(x) log(1 + |x|)`` before standardising.
    name : str, default "logreg"
        Shown in run names.
    """

    C: float = 0.003
    max_iter: int = 500
    signed_log: bool = True
    name: str = "logreg"

    def __post_init__(self) -> None:
        if not (0.0 < self.C < np.inf) or self.max_iter < 1:
            raise ConfigError(
                "a parameter of logreg is out of bounds",
                got=f"C={self.C}, max_iter={self.max_iter}",
                allowed="C > 0 and max_iter >= 1",
                remedy="mend conf/estimator/logreg.yaml or the override",
                reason_code="bad_estimator",
            )

    def fit(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        weights: np.ndarray | None,
        specs: Sequence[FeatureSpec],
        seed: int,
    ) -> FittedLogReg:
        """Standardise on the training rows and fit.

        Raises
        ------
        DegenerateError
            If ``y`` has one class or no column varies.
        """
        table = TrainingTable.of(X, y, weights, nulls=False)
        values = _spread(table.values, self.signed_log)
        center = np.average(values, axis=0, weights=table.weights)
        spread = np.sqrt(np.average((values - center) ** 2, axis=0, weights=table.weights))
        varies = spread > 1e-12 * (1.0 + np.abs(center))
        scale = np.where(varies, spread, 1.0)
        design = np.where(varies, (values - center) / scale, 0.0)
        coefficients, intercept, converged = self._solve(design, table, seed)
        return FittedLogReg(
            columns=table.columns,
            center=tuple(center.tolist()),
            scale=tuple(scale.tolist()),
            coefficients=tuple(np.where(varies, coefficients, 0.0).tolist()),
            intercept=intercept,
            signed_log=self.signed_log,
            converged=converged,
        )

    def _solve(
        self, design: np.ndarray, table: TrainingTable, seed: int
    ) -> tuple[np.ndarray, float, bool]:
        import warnings

        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        solver = LogisticRegression(
            C=self.C, solver="lbfgs", max_iter=self.max_iter, tol=1e-6, random_state=seed
        )
        with warnings.catch_warnings():
            # Not lost: `converged` travels with the model.
            warnings.simplefilter("ignore", ConvergenceWarning)
            solver.fit(design, table.y, sample_weight=table.weights)
        converged = int(np.max(solver.n_iter_)) < self.max_iter
        return solver.coef_[0].astype("float64"), float(solver.intercept_[0]), converged


def _spread(values: np.ndarray, signed_log: bool) -> np.ndarray:
    return np.sign(values) * np.log1p(np.abs(values)) if signed_log else values
