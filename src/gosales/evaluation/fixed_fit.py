"""What one fit of a fixed recipe says of rows it did not see, and of its columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FixedFit:
    """Result of `AblatableCandidate.fit_fixed`.

    Parameters
    ----------
    scores : numpy.ndarray, shape (len(fold.valid),)
        Uncalibrated; only their order matters.
    importance : dict of str to float
        Share of each raw column, what was made of it included; sums to 1 where anything matters.
    """

    scores: np.ndarray
    importance: dict[str, float]
