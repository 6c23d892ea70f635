"""An optional, cheaper way for a candidate to be refitted on many label vectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel


@runtime_checkable
class PermutableCandidate(Protocol):
    """A candidate that can repeat its fixed recipe, one fit per label vector.

    Notes
    -----
    The permutation check uses it when it is there and falls back on ``fit_fold`` otherwise. The
    recipe is fixed: hyper-parameters, rounds and transforms are those of the candidate; nothing
    is selected and nothing is calibrated anew, so that a draw costs one fit.
    """

    def fit_permuted(
        self,
        panel: Panel,
        fold: Fold,
        labels: Iterable[np.ndarray],
        seeds: Sequence[int],
    ) -> Iterator[np.ndarray]:
        """Predictions of the validation rows, one array per label vector.

        Parameters
        ----------
        panel : Panel
            The training panel; its own labels are not used.
        fold : Fold
            Which rows to fit on and which to predict.
        labels : iterable of numpy.ndarray, each of shape (len(fold.train),)
            Labels of the training rows, in the order of ``fold.train``. Consumed lazily.
        seeds : sequence of int
            Random state of each fit.

        Yields
        ------
        numpy.ndarray, shape (len(fold.valid),)
            Scores in the order of ``fold.valid``; only their order matters.
        """
