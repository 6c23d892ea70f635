"""The package's own candidate: everything that defines one model of one target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from gosales.core.progress import Progress, SilentProgress
from gosales.core.seeds import derive_seed
from gosales.core.timeline import Cutoff, Horizon
from gosales.data.as_of import AsOfView
from gosales.data.star import Star
from gosales.evaluation.fixed_fit import FixedFit
from gosales.evaluation.fold import Fold, FoldPlan, Splitter
from gosales.evaluation.nested_candidate import NestedCandidate
from gosales.evaluation.nested_fit import NestedFit, fit_nested
from gosales.evaluation.purged_grouped import PurgedGroupedSplitter
from gosales.evaluation.recipe_digest import recipe_digest
from gosales.evaluation.training_cutoffs import TrainingCutoffs
from gosales.features.every_column import EveryColumn
from gosales.features.family import FeatureFamily
from gosales.features.panel import Panel
from gosales.features.panel_builder import PanelBuilder
from gosales.labels.target import Target
from gosales.models.calibration_rule import CalibrationRule
from gosales.models.column_importance import column_importance
from gosales.models.fitted_model import FittedModel
from gosales.models.one_class_estimator import OneClassEstimator
from gosales.models.recipe import Recipe
from gosales.models.repeated_fit import repeated_fit


@dataclass(frozen=True)
class StandardCandidate:
    """Panel, folds, transforms, estimator and calibration rule of one target at one cutoff.

    Parameters
    ----------
    target : Target
        What is predicted.
    cutoff : Cutoff
        The requested cutoff: the forward test, after every training label window.
    builder : PanelBuilder
        Families, SAFE policy, population and labels.
    splitter : Splitter
        Makes the folds.
    recipe : Recipe
        Transforms and estimator.
    rule : CalibrationRule
        Chooses the calibrator.
    training : TrainingCutoffs
        Which cutoffs the training panel holds.
    horizon : Horizon
        Label window.
    seed : int
        Root seed.
    log_start : Cutoff, optional
        First day of the log; lets the splitter judge whether history is long enough.
    progress : Progress
        Listener of panel builds.

    Notes
    -----
    Implements `Candidate`, and the optional `AblatableCandidate`, `FamiliedCandidate`,
    `NestedCandidate`, `OutcomeCandidate` and `PermutableCandidate`.
    """

    target: Target
    cutoff: Cutoff
    builder: PanelBuilder
    splitter: Splitter
    recipe: Recipe
    rule: CalibrationRule
    training: TrainingCutoffs
    horizon: Horizon
    seed: int
    log_start: Cutoff | None = None
    progress: Progress = field(default_factory=SilentProgress, compare=False)

    @property
    def purge_days(self) -> int:
        """Days between a training label window and a test cutoff."""
        return self.splitter.purge_days

    @property
    def registered_columns(self) -> frozenset[str]:
        """Names declared by the registered families."""
        return frozenset(s.name for family in self.builder.families for s in family.specs())

    @cached_property
    def recipe_digest(self) -> str:
        """Digest of the recipe: what a refit on newer data must share to inherit evidence.

        Notes
        -----
        Holds the target, families with their specs, SAFE policy, population, label, incumbency,
        transforms, estimator, calibration rule, splitter, panel plan and seed. Neither data nor
        cutoff, engine nor cache can change it.
        """
        builder = self.builder
        return recipe_digest(
            {
                "target": self.target,
                "families": builder.families,
                "specs": [s for family in builder.families for s in family.specs()],
                "safe": builder.safe,
                "population": builder.population,
                "label": builder.label,
                "incumbency": builder.incumbency,
                "transforms": self.recipe.transforms,
                "estimator": self.recipe.estimator,
                "rule": self.rule,
                "splitter": self.splitter,
                "training": self.training,
                "seed": self.seed,
            }
        )

    def training_cutoffs(self, star: Star) -> tuple[Cutoff, ...]:
        """The cutoffs of the training panel, earliest first.

        Raises
        ------
        DegenerateError
            If the log is too short (reason code ``log_too_short``).
        """
        return self.training.before(self.cutoff, star, self.horizon, self.purge_days)

    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        """Roster, labels and features at some cutoffs; ``cached=False`` computes all anew."""
        builder = self.builder
        if not cached:
            # A star cut before a launch has no line of the target yet; that is no error there.
            builder = replace(builder, store=None, targets_may_be_absent=True)
        return builder.build(star, [self.target], list(cutoffs), self.progress)[self.target.key]

    def outcomes(self, star: Star, cutoffs: Sequence[Cutoff]) -> Panel:
        """Roster and labels at some cutoffs, computed anew, with one family's features."""
        # A builder needs a family; the smallest that SAFE leaves a column of.
        kept = {spec.family for spec in self.builder.specs}
        families = [f for f in self.builder.families if f.name in kept]
        smallest = min(families, key=lambda f: len(f.specs()))
        lean = replace(self, builder=replace(self.builder, families=[smallest]))
        return lean.build(star, cutoffs, cached=False)

    @property
    def families(self) -> Sequence[FeatureFamily]:
        """The families, in the order they are computed."""
        return self.builder.families

    def family_view(self, star: Star, cutoffs: Sequence[Cutoff]) -> AsOfView:
        """The view a build at these cutoffs gives them."""
        return self.builder.family_view(star, [self.target], cutoffs)

    def build_every_column(self, star: Star, cutoffs: Sequence[Cutoff]) -> Panel:
        """As `build`, with the columns the SAFE policy would drop."""
        shown = replace(self, builder=replace(self.builder, safe=EveryColumn()))
        return shown.build(star, cutoffs)

    def kept_by(self, mode: str) -> frozenset[str]:
        """Names of the columns that the SAFE policy keeps under another mode."""
        policy = self.builder.safe.policy(mode)
        declared = [s for family in self.builder.families for s in family.specs()]
        return frozenset(s.name for s in policy.kept(declared))

    def plan(self, panel: Panel) -> FoldPlan:
        """The folds of cross-validation.

        Raises
        ------
        DegenerateError
            If a fold is empty or has one class.
        """
        return self._splitter.plan(panel)

    def inner_plan(self, panel: Panel) -> FoldPlan:
        """The folds a nested fit on exactly these rows makes.

        Raises
        ------
        DegenerateError
            If a training side has one class.
        """
        splitter = self._splitter
        if isinstance(splitter, NestedCandidate):
            return splitter.inner_plan(panel)
        # A splitter from outside plans the reported folds only; the inner ones keep its purge.
        own = PurgedGroupedSplitter(
            purge_days=self.purge_days,
            seed=self.seed,
            horizon_months=self.horizon.months,
            buffer_days=self.horizon.buffer_days,
        )
        return own.inner_plan(panel)

    @property
    def _splitter(self) -> Splitter:
        splitter = self.splitter
        if not isinstance(splitter, PurgedGroupedSplitter):
            return splitter
        if isinstance(self.recipe.estimator, OneClassEstimator):
            splitter = replace(splitter, one_class_sides=self.recipe.estimator.takes_one_class)
        return splitter if self.log_start is None else splitter.for_log(self.log_start)

    def fit_nested(self, panel: Panel, *purpose: str) -> NestedFit:
        """The nested fit of some labelled rows, with the calibrator's choice and its grounds."""
        seed = derive_seed(self.seed, "fit", *purpose)
        return fit_nested(self.recipe, self.rule, panel, seed, self.inner_plan(panel))

    def fit(self, panel: Panel) -> FittedModel:
        """The model that ships: estimator on all labelled rows, calibrator on inner folds."""
        return self.fit_nested(panel.labelled()).model

    def fit_fold(self, panel: Panel, fold: Fold) -> tuple[FittedModel, np.ndarray]:
        """The model of one fold, fitted on ``fold.train`` only, and its validation predictions."""
        model = self.fit_nested(panel.take(fold.train), fold.name).model
        return model, model.predict(panel.take(fold.valid).X)

    def fit_permuted(
        self,
        panel: Panel,
        fold: Fold,
        labels: Iterable[np.ndarray],
        seeds: Sequence[int],
    ) -> Iterator[np.ndarray]:
        """Raw scores of the validation rows, one fit of the fixed recipe per label vector.

        Notes
        -----
        Transforms never see labels, so they are fitted once; an estimator that can bins its
        matrix once. Nothing is calibrated: only the order of the scores matters.
        """
        part = panel.take(fold.train)
        transforms, matrix = self.recipe.prepare(part.X, part.specs)
        held_out = panel.take(fold.valid).X
        for transform in transforms:
            held_out = transform.apply(held_out)
        fits = repeated_fit(self.recipe.estimator, matrix, part.specs, labels, None, seeds)
        for estimator in fits:
            yield estimator.predict(held_out)

    def fit_fixed(self, panel: Panel, fold: Fold) -> FixedFit:
        """One raw fit of the recipe on ``fold.train``, with the columns of the panel."""
        part = panel.take(fold.train)
        seed = derive_seed(self.seed, "fixed", fold.name)
        transforms, estimator = self.recipe.fit_raw(part.X, part.y, None, part.specs, seed)
        X = panel.take(fold.valid).X
        for transform in transforms:
            X = transform.apply(X)
        shares = column_importance(estimator.importance(), part.specs)
        return FixedFit(estimator.predict(X), shares)
