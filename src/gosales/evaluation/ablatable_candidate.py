"""An optional way for a candidate to be fitted, once and uncalibrated, on any of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.evaluation.fixed_fit import FixedFit
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel


@runtime_checkable
class AblatableCandidate(Protocol):
    """A candidate that shows every column it could have used and fits its recipe on some.

    Notes
    -----
    For reports that compare sets of columns. Only the order of scores matters to them, so the
    recipe is fixed (hyper-parameters, rounds) and nothing is calibrated: one fit each.
    """

    def build_every_column(self, star: Star, cutoffs: Sequence[Cutoff]) -> Panel:
        """As `Candidate.build`, with the columns the SAFE policy would drop."""

    def kept_by(self, mode: str) -> frozenset[str]:
        """Names of the columns that the candidate's SAFE policy keeps under another mode."""

    def fit_fixed(self, panel: Panel, fold: Fold) -> FixedFit:
        """One fit of the fixed recipe on ``fold.train``, with the columns of the panel.

        Parameters
        ----------
        panel : Panel
            With any of the columns of `build_every_column`.
        fold : Fold
            Which rows to fit on and which to score.
        """
