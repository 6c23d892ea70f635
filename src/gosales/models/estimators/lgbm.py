"""Gradient-boosted trees by LightGBM: one thread, deterministic, kept as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from gosales.core.errors import ConfigError
from gosales.features.spec import FeatureSpec
from gosales.models.numeric_matrix import numeric_matrix
from gosales.models.training_table import TrainingTable


@dataclass(frozen=True)
class FittedLgbm:
    """A booster as LightGBM's text.

    Parameters
    ----------
    columns : tuple of str
        Columns of the matrix, in order.
    lightgbm : str
        The text model; parsed when first needed.
    """

    columns: tuple[str, ...]
    lightgbm: str

    @cached_property
    def _booster(self) -> Any:
        import lightgbm

        return lightgbm.Booster(model_str=self.lightgbm)

    def __getstate__(self) -> dict[str, Any]:
        # A booster holds a C handle that does not cross process borders.
        return {"columns": self.columns, "lightgbm": self.lightgbm}

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Probabilities, shape (n,)."""
        values = numeric_matrix(X, self.columns, nulls=True)
        if not len(values):
            return np.empty(0)
        return np.asarray(self._booster.predict(values, num_threads=1), dtype="float64")

    def importance(self) -> dict[str, float]:
        """Share of each column in the total gain of all splits."""
        gain = np.asarray(self._booster.feature_importance("gain"), dtype="float64")
        total = float(gain.sum()) or 1.0
        return dict(zip(self.columns, (gain / total).tolist(), strict=True))

    def to_json(self) -> dict[str, Any]:
        """Columns and text."""
        return {"columns": list(self.columns), "lightgbm": self.lightgbm}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """Restore."""
        return cls(tuple(map(str, state["columns"])), str(state["lightgbm"]))


@dataclass(frozen=True)
class Lgbm:
    """Trees with modest, fixed settings; no early stopping, so nothing is tuned in silence.

    Parameters
    ----------
    n_estimators : int, default 60
        Rounds.
    learning_rate : float, default 0.05
        Shrinkage of each round.
    num_leaves : int, default 7
        Leaves of a tree.
    min_data_in_leaf : int, default 40
        Most rows a leaf must hold; small training parts need fewer, see Notes.
    min_leaf_pct : float, default 2.0
        The same in percent of the training rows; the lesser of the two applies.
    feature_fraction : float, default 0.3
        Share of the columns each tree sees.
    lambda_l2 : float, default 5.0
        Penalty on leaf values.
    max_bin : int, default 63
        Bins per column.
    monotone : bool, default False
        Hold each column to the sign its spec declares.
    name : str, default "lgbm"
        Shown in run names.

    Notes
    -----
    Rows per leaf are ``max(5, min(min_data_in_leaf, n * min_leaf_pct / 100))``, so that 1,000
    rows may still be split. All rows are used in every round (no bagging): a fit depends on the
    seed only through the columns drawn. A nullable column gets no monotone sign, because the value
    that fills its gaps has no place in its order.
    """

    n_estimators: int = 60
    learning_rate: float = 0.05
    num_leaves: int = 7
    min_data_in_leaf: int = 40
    min_leaf_pct: float = 2.0
    feature_fraction: float = 0.3
    lambda_l2: float = 5.0
    max_bin: int = 63
    monotone: bool = False
    name: str = "lgbm"

    def __post_init__(self) -> None:
        bounds = {
            "n_estimators": self.n_estimators >= 1,
            "learning_rate": 0.0 < self.learning_rate <= 1.0,
            "num_leaves": 2 <= self.num_leaves <= 131072,
            "min_data_in_leaf": self.min_data_in_leaf >= 1,
            "min_leaf_pct": 0.0 < self.min_leaf_pct <= 50.0,
            "feature_fraction": 0.0 < self.feature_fraction <= 1.0,
            "lambda_l2": 0.0 <= self.lambda_l2 < np.inf,
            "max_bin": 2 <= self.max_bin <= 65535,
        }
        bad = [f"{key}={getattr(self, key)}" for key, holds in bounds.items() if not holds]
        if bad:
            raise ConfigError(
                "a parameter of lgbm is out of bounds",
                got=", ".join(bad),
                allowed="counts >= 1 (leaves, bins >= 2), shares in (0, 1], penalty >= 0",
                remedy="mend conf/estimator or the override",
                reason_code="bad_estimator",
            )

    def fit(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        weights: np.ndarray | None,
        specs: Sequence[FeatureSpec],
        seed: int,
    ) -> FittedLgbm:
        """Fit all rounds.

        Raises
        ------
        DegenerateError
            If ``y`` has one class or no column varies.
        """
        return next(self.fit_many(X, specs, [y], weights, [seed]))

    def fit_many(
        self,
        X: pd.DataFrame,
        specs: Sequence[FeatureSpec],
        labels: Iterable[np.ndarray],
        weights: np.ndarray | None,
        seeds: Sequence[int],
    ) -> Iterator[FittedLgbm]:
        """Fit on many label vectors; the matrix is binned once.

        Parameters
        ----------
        X : pandas.DataFrame, shape (n, q)
            The training matrix.
        specs : sequence of FeatureSpec
            Of the raw columns.
        labels : iterable of numpy.ndarray, each of shape (n,)
            Consumed lazily.
        weights : numpy.ndarray or None
            Row weights.
        seeds : sequence of int
            Random state of each fit.

        Yields
        ------
        FittedLgbm
            Equal to the last bit to `fit` on the same labels and seed.
        """
        import lightgbm

        data: Any = None
        table: TrainingTable | None = None
        for y, seed in zip(labels, seeds, strict=False):
            # One matrix serves all: it is checked and cast once.
            if table is None:
                table = TrainingTable.of(X, y, weights, nulls=True)
            else:
                table = table.with_labels(y)
            params = self._params(table, specs, seed)
            if data is None:
                data = lightgbm.Dataset(
                    table.values,
                    label=table.y,
                    weight=table.weights,
                    params={k: v for k, v in params.items() if k != "seed"},
                    free_raw_data=True,
                ).construct()
            else:
                data.set_label(table.y)
            booster = lightgbm.train(params, data, num_boost_round=self.n_estimators)
            yield FittedLgbm(table.columns, booster.model_to_string())

    def _params(
        self, table: TrainingTable, specs: Sequence[FeatureSpec], seed: int
    ) -> dict[str, Any]:
        share = int(len(table.y) * self.min_leaf_pct / 100.0)
        params: dict[str, Any] = {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.num_leaves,
            "min_data_in_leaf": max(5, min(self.min_data_in_leaf, share)),
            "feature_fraction": self.feature_fraction,
            "lambda_l2": self.lambda_l2,
            "max_bin": self.max_bin,
            "seed": seed,
            # Binning must not depend on the seed: one binned matrix serves many seeds.
            "data_random_seed": 1,
            "num_threads": 1,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }
        if self.monotone:
            signs = {s.name: s.monotone for s in specs if not s.nullable}
            params["monotone_constraints"] = [signs.get(c, 0) for c in table.columns]
        return params
