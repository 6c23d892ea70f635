"""The numeric table an estimator is fitted on, checked before anything is learned."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gosales.core.errors import DataError, DegenerateError, InternalError
from gosales.models.numeric_matrix import numeric_matrix


@dataclass(frozen=True)
class TrainingTable:
    """Matrix, labels and weights of the training rows.

    Parameters
    ----------
    columns : tuple of str
        Names of the matrix's columns.
    values : numpy.ndarray, shape (n, q), float64
        The matrix.
    y : numpy.ndarray, shape (n,), float64
        0 or 1; both present unless the estimator can do with one.
    weights : numpy.ndarray, shape (n,), float64, or None
        Non-negative; None means all equal.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None

    @classmethod
    def of(
        cls,
        X: pd.DataFrame,
        y: np.ndarray,
        weights: np.ndarray | None,
        *,
        nulls: bool,
        one_class: bool = False,
    ) -> TrainingTable:
        """Check and cast.

        Parameters
        ----------
        X : pandas.DataFrame, shape (n, q)
            Numeric.
        y : numpy.ndarray, shape (n,)
            0 or 1.
        weights : numpy.ndarray or None
            Row weights.
        nulls : bool
            Whether the estimator can read nulls.
        one_class : bool, default False
            Whether it can be fitted where one class carries all the weight.

        Raises
        ------
        DegenerateError
            ``one_class`` if one class carries all the weight and the estimator needs both (none at
            all is refused by every estimator), ``constant_features`` if no column
            varies: no model can be told apart from the base rate.
        DataError
            If weights are negative or not finite.
        InternalError
            If labels are neither 0 nor 1 or the matrix is not numeric.
        """
        columns = tuple(map(str, X.columns))
        values = numeric_matrix(X, columns, nulls=nulls)
        unlabelled = cls(columns, values, np.empty(0), _checked(weights, len(values)))
        table = unlabelled.with_labels(y, one_class=one_class)
        table._require_variation()
        return table

    def with_labels(self, y: np.ndarray, *, one_class: bool = False) -> TrainingTable:
        """The same matrix with other labels; what was checked of it is not checked again.

        Parameters
        ----------
        y : numpy.ndarray, shape (n,)
            0 or 1.
        one_class : bool, default False
            As of `of`.

        Raises
        ------
        DegenerateError
            If one class carries all the weight.
        InternalError
            If labels are neither 0 nor 1, or not one per row.
        """
        labels = np.asarray(y, dtype="float64")
        if len(labels) != len(self.values) or not np.isin(labels, (0.0, 1.0)).all():
            raise InternalError(
                "the training labels do not fit the matrix",
                got=f"{len(labels)} labels, {len(self.values)} rows, "
                f"values {np.unique(labels)[:5]}",
                allowed="one 0 or 1 per row",
                remedy="drop unlabelled rows before fitting",
                reason_code="bad_labels",
            )
        table = replace(self, y=labels)
        table._require_classes(1 if one_class else 2)
        return table

    def _require_classes(self, wanted: int) -> None:
        weights = np.ones(len(self.y)) if self.weights is None else self.weights
        heavy = [float(weights[self.y == c].sum()) for c in (0.0, 1.0)]
        if sum(weight > 0.0 for weight in heavy) < wanted:
            raise DegenerateError(
                "the training rows have one class only",
                got=f"{len(self.y)} rows, {int(self.y.sum())} positive",
                allowed="rows of both classes with weight",
                remedy="widen label.horizon_months, add training cutoffs or leave the division out",
                reason_code="one_class",
            )

    def _require_variation(self) -> None:
        first = self.values[:1]
        same = (self.values == first) | (np.isnan(self.values) & np.isnan(first))
        if same.all():
            raise DegenerateError(
                "no feature varies over the training rows",
                got=f"{len(self.columns)} constant columns over {len(self.y)} rows",
                allowed="at least one column with two values",
                remedy="check the feature families and the SAFE policy for this division",
                reason_code="constant_features",
            )


def _checked(weights: np.ndarray | None, n: int) -> np.ndarray | None:
    if weights is None:
        return None
    found = np.asarray(weights, dtype="float64")
    if found.shape != (n,) or not np.isfinite(found).all() or (found < 0.0).any():
        raise DataError(
            "a row weight is negative, not finite or missing",
            got=f"shape {found.shape}, least {np.nanmin(found) if found.size else 'none'}",
            allowed=f"{n} finite weights >= 0",
            remedy="mend the weights",
            reason_code="bad_weights",
        )
    return found
