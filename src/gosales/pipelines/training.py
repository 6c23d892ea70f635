"""One training run as computation: panel, folds, cross-validation, fit, honest evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import DictConfig

from gosales.core.progress import Progress
from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.consistency import Consistency
from gosales.evaluation.cross_validation import CrossValidation, cross_validate
from gosales.evaluation.curves import Curves
from gosales.evaluation.fold import FoldPlan
from gosales.evaluation.forward import evaluate
from gosales.evaluation.interval import Interval
from gosales.evaluation.metric_table import MetricTable
from gosales.evaluation.nested_fit import NestedFit
from gosales.evaluation.optimism_gap import optimism_gap
from gosales.evaluation.safe_choice import SafeChoice, choose_safe
from gosales.evaluation.standard_candidate import StandardCandidate
from gosales.evaluation.window_choice import WindowChoice
from gosales.features.panel import Panel
from gosales.features.safe_auto import SafeAuto
from gosales.gauntlet.candidate_parcel import parcel_of
from gosales.pipelines.assembly import Assembly, make, make_all
from gosales.pipelines.label_window import label_window


@dataclass(frozen=True)
class Prepared:
    """A candidate with its panels; nothing fitted yet.

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
    window : WindowChoice
        The label window in force, for training and forward alike.
    safe : SafeChoice or None
        How the SAFE policy was chosen; None where the configuration says it.
    parcel : bytes or None
        For an audit: the candidate as it was before it built anything, to be made anew.
    """

    candidate: StandardCandidate
    star: Star
    cutoff: Cutoff
    training: Panel
    forward: Panel
    window: WindowChoice
    safe: SafeChoice | None = None
    parcel: bytes | None = None


@dataclass(frozen=True)
class Trained:
    """A fitted candidate and how good it is on rows it never saw.

    Parameters
    ----------
    prepared : Prepared
        What it was fitted on.
    plan : FoldPlan
        The folds.
    cv : CrossValidation
        Out-of-fold predictions.
    nested : NestedFit
        The model that ships and its calibration.
    cv_table : MetricTable
        Metrics of the out-of-fold rows.
    forward_table : MetricTable or None
        Metrics of the forward rows; None when they have no labels.
    curves : dict of str to Curves
        By split.
    gap : Interval or None
        AUC of cross-validation minus forward.
    consistency_p : float or None
        Of the forward rows: share of perfect forecasts that look at least as badly calibrated.
    """

    prepared: Prepared
    plan: FoldPlan
    cv: CrossValidation
    nested: NestedFit
    cv_table: MetricTable
    forward_table: MetricTable | None
    curves: dict[str, Curves]
    gap: Interval | None
    consistency_p: float | None = None

    @property
    def best(self) -> MetricTable:
        """Forward where there is one, else cross-validation."""
        return self.forward_table or self.cv_table


def prepare(
    parts: Assembly,
    progress: Progress,
    window: WindowChoice | None = None,
    *,
    for_audit: bool = False,
) -> Prepared:
    """Build the panels of one target at one cutoff; a SAFE mode left open is chosen first.

    Parameters
    ----------
    parts : Assembly
        The parts with the label as declared.
    progress : Progress
        Listener.
    window : WindowChoice, optional
        The label window, when it is chosen already; else it is chosen here.
    for_audit : bool, default False
        Keep the candidate as it is before it builds anything.

    Raises
    ------
    DegenerateError
        If the log is too short, nobody is on the roster, or the label window may not stay as
        narrow as it must.
    """
    window = window or label_window(parts, progress)
    window.require()
    settled, cutoff = parts.with_label(window.label), window.cutoff
    safe = _safe_choice(settled, cutoff, progress)
    if safe is not None:
        settled = settled.with_safe(safe.policy)
    candidate = settled.candidate(parts.target, cutoff, progress)
    # Taken before any part is asked for anything: what a part does to its own parameters later
    # is no part of the recipe, and an audit finds it.
    _ = candidate.recipe_digest
    parcel = parcel_of(candidate) if for_audit else None
    train_at = candidate.training_cutoffs(parts.star)
    panel = candidate.build(parts.star, [*train_at, cutoff])
    training, forward = panel.at(train_at).labelled(), panel.at([cutoff])
    return Prepared(candidate, parts.star, cutoff, training, forward, window, safe, parcel)


def _safe_choice(parts: Assembly, cutoff: Cutoff, progress: Progress) -> SafeChoice | None:
    auto = parts.builder.safe
    if not isinstance(auto, SafeAuto):
        return None
    bootstrap: CustomerBootstrap = make(parts.cfg.validation.bootstrap)
    candidate = parts.candidate(parts.target, cutoff, progress)
    return choose_safe(candidate, auto, parts.star, bootstrap, progress)


def train(prepared: Prepared, cfg: DictConfig, progress: Progress) -> Trained:
    """Cross-validate, fit what ships, and evaluate on rows nobody fitted on.

    Raises
    ------
    DegenerateError
        If the labels cannot carry a model.
    """
    candidate, panel = prepared.candidate, prepared.training
    plan = candidate.plan(panel)
    for warning in plan.warnings:
        progress.say(f"warning: {warning}")
    progress.start(f"{candidate.target.name}: cross-validation and fit", len(plan.folds) + 1)
    cv = cross_validate(candidate, panel, plan, progress)
    nested = candidate.fit_nested(panel)
    progress.advance()
    bootstrap: CustomerBootstrap = make(cfg.validation.bootstrap)
    metrics = list(make_all(cfg.validation.metrics).values())
    held_out = panel.take(cv.rows)
    cv_table = evaluate(held_out, cv.predictions, metrics, bootstrap, "cv")
    curves = {"cv": Curves.of(held_out, cv.predictions, bootstrap, "cv_curves")}
    forward = prepared.forward.labelled()
    forward_table, gap, consistency_p = None, None, None
    if len(forward):
        probability = nested.model.predict(forward.X)
        forward_table = evaluate(forward, probability, metrics, bootstrap, "forward")
        curves["forward"] = Curves.of(forward, probability, bootstrap, "forward_curves")
        gap = optimism_gap(cv_table, forward_table)
        consistency: Consistency = make(cfg.validation.consistency)
        consistency_p = consistency.p_value(probability, forward.y)
    return Trained(prepared, plan, cv, nested, cv_table, forward_table, curves, gap, consistency_p)
