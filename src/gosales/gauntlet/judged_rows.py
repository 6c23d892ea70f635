"""Labelled rows of one cutoff, with the models that never saw them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from gosales.core.timeline import Cutoff
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.models.fitted_model import FittedModel


@dataclass(frozen=True)
class JudgedRows:
    """Rows that can be scored honestly, now or with other features.

    Parameters
    ----------
    cutoff : Cutoff
        Of all the rows.
    panel : Panel
        The rows, labelled.
    model_of : numpy.ndarray of int, shape (n,)
        Which model scores each row.
    models : sequence of FittedModel
        The model that ships alone, or one per fold.
    trained_to : Cutoff
        Last day of the newest label any of the models was fitted on.
    split : {"forward", "cv"}
        Which rows they are.
    """

    cutoff: Cutoff
    panel: Panel
    model_of: np.ndarray
    models: Sequence[FittedModel]
    trained_to: Cutoff
    split: str

    @classmethod
    def newest(cls, context: GauntletContext, min_positive_accounts: int) -> list[Self]:
        """The forward rows, and the newest validation cutoff where those hold too few buyers.

        Parameters
        ----------
        context : GauntletContext
            Panels, folds and the model that ships.
        min_positive_accounts : int
            With fewer on the forward rows, or without labels there, the folds of the newest
            validation cutoff are fitted again and their rows added.
        """
        parts = (cls._forward(context), cls._out_of_fold(context, min_positive_accounts))
        return [part for part in parts if part is not None]

    @classmethod
    def _forward(cls, context: GauntletContext) -> Self | None:
        forward = context.forward.labelled()
        if not len(forward):
            return None
        one = np.zeros(len(forward), dtype=int)
        to = _trained_to(context, context.training)
        return cls(context.cutoff, forward, one, [context.model], to, "forward")

    @classmethod
    def _out_of_fold(cls, context: GauntletContext, enough: int) -> Self | None:
        folds = newest_folds(context)
        if not folds or positive_accounts([context.forward.labelled()]) >= enough:
            return None
        rows = np.concatenate([f.valid for f in folds])
        model_of = np.repeat(np.arange(len(folds)), [len(f.valid) for f in folds])
        panel = context.training.take(rows)
        trained = context.training.take(np.unique(np.concatenate([f.train for f in folds])))
        models = [context.candidate.fit_fold(context.training, f)[0] for f in folds]
        to = _trained_to(context, trained)
        return cls(panel.cutoffs[-1], panel, model_of, models, to, "cv")

    def scores(self, X: pd.DataFrame, at: np.ndarray) -> np.ndarray:
        """Probabilities of features that stand for the rows at positions ``at``.

        Parameters
        ----------
        X : pandas.DataFrame, shape (len(at), p)
            Features, the rows' own or others.
        at : numpy.ndarray of int
            Positions in ``panel``.
        """
        out = np.empty(len(at))
        for k, model in enumerate(self.models):
            mine = np.flatnonzero(self.model_of[at] == k)
            if len(mine):
                out[mine] = model.predict(X.iloc[mine].reset_index(drop=True))
        return out


def positive_accounts(panels: Sequence[Panel]) -> int:
    """Accounts with a positive row in any of the panels."""
    return len({str(g) for panel in panels for g in panel.groups[panel.y > 0]})


def newest_folds(context: GauntletContext) -> list[Fold]:
    """The complete folds that validate rows of the newest validation cutoff alone."""
    panel = context.training
    held = {f.name: panel.take(f.valid).cutoffs for f in context.plan.folds if len(f.valid)}
    last = max((cutoffs[-1] for cutoffs in held.values()), default=None)
    return [f for f in context.plan.folds if held.get(f.name) == (last,) and len(f.train)]


def _trained_to(context: GauntletContext, panel: Panel) -> Cutoff:
    def ends() -> Iterator[Cutoff]:
        for cutoff in panel.cutoffs:
            yield Cutoff(context.candidate.horizon.window(cutoff).end)

    return max(ends(), default=context.cutoff)
