"""The earlier permutation rule: a model must beat a few shuffles of its labels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gosales.core.seeds import derive_seed
from gosales.evaluation.permutable_candidate import PermutableCandidate
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.rank_auc import rank_auc


class PermutationRows:
    """Fails when a shuffle of single training rows does as well as the labels, too often.

    Parameters
    ----------
    m : int, default 20
        Shuffles.
    p_max : float, default 0.05
        Largest p that passes; 20 shuffles cannot give less than 1/21.

    Notes
    -----
    An account's rows are shuffled apart from one another, which makes p too small, and a leak
    tied to the label is gone from every shuffle, so that it passes all the better: the rule is
    shown beside the checks and gates nothing. One fold, the last; it ends with the shuffle that
    puts ``p_max`` out of reach.
    """

    name = "permutation_rows"
    subject = Subject.LEAK
    is_proof = False

    def __init__(self, m: int = 20, p_max: float = 0.05) -> None:
        self.m = m
        self.p_max = p_max

    def run(self, context: GauntletContext) -> Finding:
        """Compare the AUC of the last fold under the labels and under shuffles of them."""
        panel, fold = context.training, context.plan.folds[-1]
        if not isinstance(context.candidate, PermutableCandidate):
            return finding_of(self, Outcome.NOT_APPLICABLE, "no fixed recipe to refit", {})
        y = panel.y[fold.train]
        random = np.random.default_rng(derive_seed(context.seed, self.name))
        labels = (y if draw == 0 else random.permutation(y) for draw in range(self.m + 1))
        seeds = [derive_seed(context.seed, self.name, draw) for draw in range(self.m + 1)]
        fits = context.candidate.fit_permuted(panel, fold, labels, seeds)
        observed = rank_auc(panel.y[fold.valid], next(fits))
        if observed is None:
            return finding_of(self, Outcome.INCONCLUSIVE, "the last fold has one class", {})
        beaten, draws = self._beaten(observed, panel.y[fold.valid], fits)
        p = (beaten + 1) / (draws + 1)
        outcome = Outcome.PASS if p <= self.p_max else Outcome.FAIL
        reason = f"AUC {observed:.3f}; {beaten} of {draws} shuffles of rows reach it"
        return finding_of(self, outcome, reason, {"p": p, "draws": draws, "auc": observed})

    def _beaten(
        self, observed: float, y: np.ndarray, fits: Iterator[np.ndarray]
    ) -> tuple[int, int]:
        beaten = draws = 0
        for scores in fits:
            draws += 1
            beaten += (rank_auc(y, scores) or 0.0) >= observed
            if (beaten + 1) / (self.m + 1) > self.p_max:
                break
        return beaten, draws
