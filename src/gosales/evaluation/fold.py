"""One split of a panel into training and validation rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from gosales.features.panel import Panel


@dataclass(frozen=True)
class Fold:
    """Positions of the rows of one fold.

    Parameters
    ----------
    name : str
        For example ``"2024-03-31/0"``.
    train : numpy.ndarray of int
        Positions of training rows.
    valid : numpy.ndarray of int
        Positions of validation rows.
    """

    name: str
    train: np.ndarray
    valid: np.ndarray


@dataclass(frozen=True)
class FoldPlan:
    """All folds of a panel and how they were made.

    Parameters
    ----------
    folds : tuple of Fold
        Their validation rows partition the rows of the validation cutoffs.
    scheme : {"purged_grouped", "grouped"}
        ``grouped`` is the fall-back for short logs.
    warnings : tuple of str
        Why the plan is weaker than asked for; shown on run and card.
    manifest : dict
        seed, n_folds, purge_days, scheme, cutoffs, customers and rows per fold.
    """

    folds: tuple[Fold, ...]
    scheme: str
    warnings: tuple[str, ...]
    manifest: dict[str, Any]


@runtime_checkable
class Splitter(Protocol):
    """Makes the fold plan of a panel; may come from outside the package."""

    @property
    def purge_days(self) -> int:
        """Days between the end of a training label window and a validation cutoff."""

    def plan(self, panel: Panel) -> FoldPlan:
        """Split a labelled panel."""
