"""Labelled rows of one cutoff, with the models that never saw them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    def newest(
        cls,
        context: GauntletContext,
        enough: int,
        kept: Callable[[Panel], Panel],
        models: Mapping[str, FittedModel],
    ) -> list[Self]:
        """The forward rows, and rows of the newest validation cutoff where those are too few.

        Parameters
        ----------
        context : GauntletContext
            Panels, folds and the model that ships.
        enough : int
            Positive accounts. While the forward rows hold fewer, or have no labels, folds of the
            newest validation cutoff are fitted again and their rows added.
        kept : callable
            Which rows of a panel count.
        models : mapping of str to FittedModel
            Of folds by name; those that are absent are fitted where they are needed.
        """
        found, forward = [], context.forward.labelled()
        if len(forward):
            one = np.zeros(len(forward), dtype=int)
            to = _trained_to(context, context.training)
            found.append(cls(context.cutoff, forward, one, [context.model], to, "forward"))
        folds = joining_folds(context, enough, kept)
        return [*found, cls._out_of_fold(context, folds, models)] if folds else found

    @classmethod
    def _out_of_fold(
        cls, context: GauntletContext, folds: Sequence[Fold], fitted: Mapping[str, FittedModel]
    ) -> Self:
        rows = np.concatenate([f.valid for f in folds])
        model_of = np.repeat(np.arange(len(folds)), [len(f.valid) for f in folds])
        panel = context.training.take(rows)
        trained = context.training.take(np.unique(np.concatenate([f.train for f in folds])))
        models = [
            fitted.get(f.name) or context.candidate.fit_fold(context.training, f)[0] for f in folds
        ]
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


def joining_folds(
    context: GauntletContext, enough: int, kept: Callable[[Panel], Panel]
) -> list[Fold]:
    """Folds of the newest validation cutoff, as many as bring the positive accounts up to it."""
    panel = context.training
    held = {f.name: panel.take(f.valid) for f in context.plan.folds if len(f.train) * len(f.valid)}
    last = max((p.cutoffs[-1] for p in held.values()), default=None)
    known, chosen = [kept(context.forward.labelled())], []
    for fold in context.plan.folds:
        if fold.name in held and held[fold.name].cutoffs == (last,):
            if positive_accounts(known) >= enough:
                break
            chosen.append(fold)
            known.append(kept(held[fold.name]))
    return chosen


def _trained_to(context: GauntletContext, panel: Panel) -> Cutoff:
    """Last day of the newest label window of a panel."""
    horizon = context.candidate.horizon
    return max((Cutoff(horizon.window(c).end) for c in panel.cutoffs), default=context.cutoff)
