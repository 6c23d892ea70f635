"""Fits of a candidate's fixed recipe on some of its columns, each made once per audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.core.errors import InternalError
from gosales.evaluation.ablatable_candidate import AblatableCandidate
from gosales.evaluation.candidate import Candidate
from gosales.evaluation.fixed_fit import FixedFit
from gosales.evaluation.fold import Fold
from gosales.features.panel import Panel
from gosales.features.spec import FeatureSpec
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.fold_map import map_folds

CV: Final = "cv"
FORWARD: Final = "forward"


@dataclass(frozen=True)
class ColumnSet:
    """What a set of columns can do.

    Parameters
    ----------
    scores : dict of str to numpy.ndarray
        By split, one score per row of `FixedFits.rows`.
    importance : dict of str to dict
        By fit (a fold's name, or ``forward`` for the fit on all training rows that scores the
        forward rows), the share of each column.
    """

    scores: dict[str, np.ndarray]
    importance: dict[str, dict[str, float]]


class FixedFits:
    """Scores of the purged folds and of the forward rows under sets of columns.

    Parameters
    ----------
    context : GauntletContext
        Its candidate is an `AblatableCandidate`.

    Notes
    -----
    Every fit is on the training side of a fold of the reported plan, or on all training rows;
    the rows scored are that fold's validation rows, or the labelled forward rows.
    """

    def __init__(self, context: GauntletContext) -> None:
        self._context = context
        self._kept: dict[frozenset[str], ColumnSet] = {}

    @classmethod
    def of(cls, context: GauntletContext) -> FixedFits | None:
        """Those of this audit; None when the candidate cannot be fitted on other columns."""
        if not isinstance(context.candidate, AblatableCandidate):
            return None
        kept = context.shared.get(cls.__name__)
        if kept is None or not kept.is_about(context):
            kept = context.shared[cls.__name__] = cls(context)
        return kept

    def is_about(self, context: GauntletContext) -> bool:
        """Whether they were made from the same candidate, panels and folds."""
        mine = self._context
        names = ("candidate", "training", "forward", "plan")
        return all(getattr(mine, name) is getattr(context, name) for name in names)

    @property
    def own(self) -> tuple[str, ...]:
        """The candidate's own columns."""
        return tuple(s.name for s in self._context.training.specs)

    @property
    def specs(self) -> tuple[FeatureSpec, ...]:
        """Of every column that could be fitted on."""
        return self._every.specs

    @cached_property
    def rows(self) -> dict[str, Panel]:
        """By split, the labelled rows that are scored; ``forward`` only where it has labels."""
        scored = np.sort(np.concatenate([f.valid for f in self._context.plan.folds]))
        found = {CV: self._context.training.take(scored)}
        forward = self._context.forward.labelled()
        return {**found, FORWARD: forward} if len(forward) else found

    def columns(self, names: Iterable[str]) -> ColumnSet:
        """Fit on some columns, unless it was done before.

        Parameters
        ----------
        names : iterable of str
            Among those of `AblatableCandidate.build_every_column`.
        """
        wanted = frozenset(names)
        panel = self._reported if wanted <= set(self.own) else self._every
        specs = tuple(s for s in panel.specs if s.name in wanted)
        if wanted not in self._kept:
            columns = panel.X[[s.name for s in specs]]
            self._kept[wanted] = self._fitted(replace(panel, X=columns, specs=specs))
        return self._kept[wanted]

    def _fitted(self, panel: Panel) -> ColumnSet:
        context, folds = self._context, list(self._context.plan.folds)
        n = len(context.training)
        if FORWARD in self.rows:
            folds.append(Fold(FORWARD, np.arange(n), np.arange(n, len(panel))))
        plan = replace(context.plan, folds=tuple(folds))
        fits = map_folds(_fit, context.candidate, panel, plan, context.seed, context.n_jobs)
        found = dict(zip((f.name for f in folds), fits, strict=True))
        cv = np.full(n, np.nan)
        for fold in context.plan.folds:
            cv[fold.valid] = found[fold.name].scores
        scores = {CV: cv[~np.isnan(cv)]}
        if FORWARD in self.rows:
            scores[FORWARD] = found[FORWARD].scores
        return ColumnSet(scores, {name: fit.importance for name, fit in found.items()})

    @cached_property
    def _reported(self) -> Panel:
        """The training rows, then the labelled forward rows, as they were reported."""
        training, forward = self._context.training, self._context.forward.labelled()
        return replace(
            training,
            rows=pd.concat([training.rows, forward.rows], ignore_index=True),
            X=pd.concat([training.X, forward.X], ignore_index=True),
        )

    @cached_property
    def _every(self) -> Panel:
        """The same rows with every column."""
        context, candidate = self._context, self._context.candidate
        if not isinstance(candidate, AblatableCandidate):
            raise InternalError("the candidate shows no other columns")
        cutoffs = sorted({*context.training.cutoffs, context.cutoff})
        every = candidate.build_every_column(context.star, cutoffs)
        wanted, there = (
            pd.MultiIndex.from_frame(rows[[CUSTOMER, CUTOFF]].astype(str))
            for rows in (self._reported.rows, every.rows)
        )
        place = there.get_indexer(wanted)
        if (place < 0).any():
            raise InternalError(
                "a panel with every column lacks rows of the reported one",
                got=f"{int((place < 0).sum())} of {len(wanted)} rows",
                remedy="mend the candidate's build_every_column",
            )
        return replace(every.take(place), rows=self._reported.rows)


def _fit(candidate: Candidate, panel: Panel, fold: Fold, seed: int) -> FixedFit:
    if not isinstance(candidate, AblatableCandidate):
        raise InternalError("the candidate cannot be fitted on other columns")
    return candidate.fit_fixed(panel, fold)
