"""Early stopping on the rows that are reported."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gosales.core.seeds import derive_seed
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.gauntlet.rank_auc import rank_auc
from gosales.gauntlet.zoo.habitat import Habitat
from gosales.gauntlet.zoo.hosted_candidate import HostedCandidate
from gosales.gauntlet.zoo.shown_rows import shown_rows
from gosales.gauntlet.zoo.specimen import Specimen
from gosales.models.fitted_model import FittedModel

_SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
_HELD_OUT = 0.3


@dataclass(frozen=True)
class RoundsOnTest:
    """The number of boosting rounds is the one that ranks validation rows best.

    Parameters
    ----------
    weak, strong : float
        Share of the validation rows that are looked at; the clean twin holds out training rows.

    Notes
    -----
    For estimators with ``n_estimators``.
    """

    weak: float = 0.5
    strong: float = 1.0
    name: str = field(default="rounds_on_test", init=False)
    caught_by: tuple[str, ...] = field(default=("fit_scope",), init=False)

    def plant(self, habitat: Habitat, amount: float) -> Specimen:
        """The candidate that stops there."""
        return Specimen(_Stopping(habitat.candidate, amount), habitat.star)


class _Stopping(HostedCandidate):
    def fit(self, panel: Panel) -> FittedModel:
        fitted: FittedModel = self._stopped(panel, *self._own(panel, np.arange(len(panel)))).fit(
            panel
        )
        return fitted

    def fit_fold(self, panel: Panel, fold: Fold) -> tuple[FittedModel, np.ndarray]:
        train, judged = self._own(panel, fold.train)
        if self.amount:
            train = fold.train
            judged = shown_rows(panel, fold.valid, self.amount, self.seed)
        host = self._stopped(panel, train, judged)
        found: tuple[FittedModel, np.ndarray] = host.fit_fold(panel, fold)
        return found

    def _own(self, panel: Panel, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        held = shown_rows(panel, rows, _HELD_OUT, derive_seed(self.seed, "held out"))
        return np.setdiff1d(rows, held), held

    def _stopped(self, panel: Panel, train: np.ndarray, judged: np.ndarray) -> Any:
        rounds = self.host.recipe.estimator.n_estimators
        options = [self._with_rounds(max(1, round(share * rounds))) for share in _SHARES]
        return max(options, key=lambda host: _skill(host, panel, train, judged))

    def _with_rounds(self, rounds: int) -> Any:
        recipe = self.host.recipe
        estimator = replace(recipe.estimator, n_estimators=rounds)
        host: HostedCandidate = replace(self.host, recipe=replace(recipe, estimator=estimator))
        return host


def _skill(host: HostedCandidate, panel: Panel, train: np.ndarray, judged: np.ndarray) -> float:
    fold = Fold("rounds", train, judged)
    labels = iter([panel.y[train]])
    scores = next(iter(host.fit_permuted(panel, fold, labels, [host.seed])))
    return rank_auc(panel.y[judged], scores) or 0.0
