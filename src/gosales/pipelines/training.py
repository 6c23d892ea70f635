"""One training run as computation: panel, folds, cross-validation, fit, forward evaluation."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from omegaconf import DictConfig

from gosales.core.progress import Progress
from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.evaluation.cross_validation import CrossValidation, cross_validate
from gosales.evaluation.fold import FoldPlan
from gosales.evaluation.nested_fit import NestedFit
from gosales.evaluation.standard_candidate import StandardCandidate
from gosales.features.panel import Panel
from gosales.pipelines.assembly import Assembly


@dataclass(frozen=True)
class Prepared:
    """A candidate with its panels and folds; nothing fitted yet.

    Parameters
    ----------
    candidate : StandardCandidate
        The black box.
    star : Star
        The data.
    cutoff : Cutoff
        The requested cutoff: the forward test's.
    training : Panel
        Labelled rows at the training cutoffs.
    forward : Panel
        Rows at the requested cutoff; labels null when their window is incomplete.
    """

    candidate: StandardCandidate
    star: Star
    cutoff: Cutoff
    training: Panel
    forward: Panel

    @property
    def is_labelled(self) -> bool:
        """Whether the forward rows have labels."""
        return len(self.forward.labelled()) > 0


@dataclass(frozen=True)
class Trained:
    """A fitted candidate with its honest predictions.

    Parameters
    ----------
    prepared : Prepared
        What it was fitted on.
    plan : FoldPlan
        The folds.
    cv : CrossValidation
        Out-of-fold predictions of the validation rows.
    nested : NestedFit
        The model that ships and its calibration.
    """

    prepared: Prepared
    plan: FoldPlan
    cv: CrossValidation
    nested: NestedFit


def prepare(parts: Assembly, cfg: DictConfig, progress: Progress) -> Prepared:
    """Build the panels of one target at one cutoff.

    Raises
    ------
    DegenerateError
        If the log is too short, or a panel has no rows or labels.
    """
    target = parts.target
    cutoff = parts.cutoff()
    candidate = parts.candidate(target, cutoff)
    train_at = candidate.training_cutoffs(parts.star)
    progress.start(f"panel of {target.name}: {len(train_at)} training cutoffs and {cutoff}")
    panel = candidate.build(parts.star, [*train_at, cutoff])
    return Prepared(
        candidate, parts.star, cutoff, panel.at(train_at).labelled(), panel.at([cutoff])
    )


def train(prepared: Prepared, progress: Progress) -> Trained:
    """Cross-validate, then fit what ships.

    Raises
    ------
    DegenerateError
        If the labels of a fold cannot carry a model.
    """
    candidate, panel = prepared.candidate, prepared.training
    plan = candidate.plan(panel)
    progress.start("cross-validation", len(plan.folds) + 1)
    cv = cross_validate(candidate, panel, plan, progress)
    nested = candidate.fit_nested(panel)
    progress.advance()
    return Trained(prepared, plan, cv, nested)


def score_rows(panel: Panel, probability: object) -> pd.DataFrame:
    """Keys and probability of a panel's rows."""
    return panel.rows[["customer_id", "cutoff"]].assign(probability=probability)
