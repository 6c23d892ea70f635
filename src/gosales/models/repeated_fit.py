"""One recipe fitted on many label vectors, as cheaply as the estimator allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

from gosales.features.spec import FeatureSpec
from gosales.models.estimator import Estimator, FittedEstimator


@runtime_checkable
class _Repeatable(Protocol):
    def fit_many(
        self,
        X: pd.DataFrame,
        specs: Sequence[FeatureSpec],
        labels: Iterable[np.ndarray],
        weights: np.ndarray | None,
        seeds: Sequence[int],
    ) -> Iterator[FittedEstimator]: ...


def repeated_fit(
    estimator: Estimator,
    X: pd.DataFrame,
    specs: Sequence[FeatureSpec],
    labels: Iterable[np.ndarray],
    weights: np.ndarray | None,
    seeds: Sequence[int],
) -> Iterator[FittedEstimator]:
    """Fit once per label vector on the same matrix.

    Parameters
    ----------
    estimator : Estimator
        One with a method ``fit_many`` shares the work that does not depend on labels.
    X : pandas.DataFrame, shape (n, q)
        The training matrix.
    specs : sequence of FeatureSpec
        Of the raw columns.
    labels : iterable of numpy.ndarray, each of shape (n,)
        Consumed lazily, one per fit.
    weights : numpy.ndarray or None
        Row weights, the same for every fit.
    seeds : sequence of int
        Random state of each fit; one per label vector.

    Yields
    ------
    FittedEstimator
        Equal to ``estimator.fit`` with the same labels and seed.
    """
    if isinstance(estimator, _Repeatable):
        yield from estimator.fit_many(X, specs, labels, weights, seeds)
        return
    for y, seed in zip(labels, seeds, strict=False):
        yield estimator.fit(X, y, weights, specs, seed)
