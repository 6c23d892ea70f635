"""The package's candidate over a real star: protocols, scope, seeds and digest."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from tests.support.small_panel import small_recipe, small_rule
from tests.support.toy_star import toy_star

from gosales.core.errors import DegenerateError
from gosales.core.timeline import Cutoff, Horizon
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import Star
from gosales.evaluation.candidate import Candidate
from gosales.evaluation.cross_validation import cross_validate
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.evaluation.nested_candidate import NestedCandidate
from gosales.evaluation.permutable_candidate import PermutableCandidate
from gosales.evaluation.purged_grouped import PurgedGroupedSplitter
from gosales.evaluation.standard_candidate import StandardCandidate
from gosales.evaluation.training_cutoffs import TrainingCutoffs
from gosales.features.families.rfm import Rfm
from gosales.features.panel import Panel
from gosales.features.panel_builder import PanelBuilder
from gosales.features.safe import SafePolicy
from gosales.features.store import FeatureStore
from gosales.features.transforms.missingness import Missingness
from gosales.features.transforms.winsor import Winsor
from gosales.labels.incumbency import Incumbency
from gosales.labels.label_spec import LabelSpec
from gosales.labels.population import Population
from gosales.labels.target import Target

FORWARD = Cutoff.parse("2024-06-30")


@pytest.fixture(scope="module")
def star(tmp_path_factory: pytest.TempPathFactory) -> Star:
    return toy_star(tmp_path_factory.mktemp("toy") / "star")


@pytest.fixture(scope="module")
def candidate(tmp_path_factory: pytest.TempPathFactory) -> StandardCandidate:
    builder = PanelBuilder(
        families=[Rfm(months=[6, 12])],
        safe=SafePolicy(),
        population=Population(),
        label=LabelSpec(),
        incumbency=Incumbency(),
        engine=DuckDBEngine(threads=1),
        store=FeatureStore(tmp_path_factory.mktemp("cache")),
    )
    return StandardCandidate(
        target=Target("alpha"),
        cutoff=FORWARD,
        builder=builder,
        splitter=PurgedGroupedSplitter(n_folds=3),
        recipe=replace(small_recipe(), transforms=[Winsor(), Missingness()]),
        rule=small_rule(),
        training=TrainingCutoffs(),
        horizon=Horizon(6),
        seed=7,
        log_start=Cutoff.parse("2021-01-01"),
    )


@pytest.fixture(scope="module")
def panel(candidate: StandardCandidate, star: Star) -> Panel:
    return candidate.build(star, candidate.training_cutoffs(star)).labelled()


def test_it_keeps_the_three_protocols(candidate: StandardCandidate) -> None:
    for protocol in (Candidate, NestedCandidate, PermutableCandidate):
        assert isinstance(candidate, protocol)


def test_training_labels_close_before_the_forward_cutoff(
    candidate: StandardCandidate, star: Star
) -> None:
    found = [str(c) for c in candidate.training_cutoffs(star)]
    assert found == ["2022-12-31", "2023-03-31", "2023-06-30", "2023-09-30"]


def test_uncached_build_is_equal_and_touches_no_cache(
    candidate: StandardCandidate, star: Star, panel: Panel
) -> None:
    fresh = candidate.build(star, candidate.training_cutoffs(star), cached=False).labelled()
    assert fresh.digest == panel.digest
    assert candidate.builder.store is not None


def test_registered_columns_are_those_families_declare(
    candidate: StandardCandidate, panel: Panel
) -> None:
    assert set(panel.X.columns) <= candidate.registered_columns
    assert "rfm__tx_count__target__12m" in candidate.registered_columns


def test_plan_is_purged_and_knows_the_log(candidate: StandardCandidate, panel: Panel) -> None:
    assert candidate.plan(panel).scheme == "purged_grouped"
    young = replace(candidate, log_start=Cutoff.parse("2022-06-30"))
    assert young.plan(panel).scheme == "grouped"


def test_fold_model_is_a_function_of_its_training_rows(
    candidate: StandardCandidate, panel: Panel
) -> None:
    fold = candidate.plan(panel).folds[0]
    model, found = candidate.fit_fold(panel, fold)
    outside = np.ones(len(panel), dtype=bool)
    outside[fold.train] = False
    y = np.where(outside, 1 - panel.y, panel.y)
    _, scrambled = candidate.fit_fold(panel.with_labels(y), fold)
    assert np.array_equal(found, scrambled)
    assert np.array_equal(found, model.predict(panel.X.iloc[fold.valid]))


def test_cross_validation_finds_the_signal(candidate: StandardCandidate, panel: Panel) -> None:
    from sklearn.metrics import roc_auc_score

    cv = cross_validate(candidate, panel, candidate.plan(panel))
    assert roc_auc_score(panel.y[cv.rows], cv.predictions) > 0.6


def test_what_ships_is_reproducible_and_skips_unlabelled_rows(
    candidate: StandardCandidate, panel: Panel
) -> None:
    p = candidate.fit(panel).predict(panel.X)
    assert np.array_equal(p, candidate.fit(panel).predict(panel.X))
    assert np.array_equal(p, candidate.fit_nested(panel).model.predict(panel.X))
    y = panel.y.copy()
    y[:5] = np.nan
    rest = panel.take(np.arange(5, len(panel)))
    with_nulls = candidate.fit(panel.with_labels(y)).predict(panel.X)
    assert np.array_equal(with_nulls, candidate.fit(rest).predict(panel.X))


def test_permuted_fit_with_true_labels_ranks_as_the_fold_does(
    candidate: StandardCandidate, panel: Panel
) -> None:
    fold = candidate.plan(panel).folds[0]
    y = panel.y[fold.train]
    shuffled = np.random.default_rng(0).permutation(y)
    true, false = candidate.fit_permuted(panel, fold, iter([y, shuffled]), [1, 2])
    calibrated = candidate.fit_fold(panel, fold)[1]
    assert np.corrcoef(true, calibrated)[0, 1] > 0.95
    assert not np.array_equal(true, false)


def test_it_crosses_process_borders(candidate: StandardCandidate, panel: Panel) -> None:
    fold = candidate.plan(panel).folds[0]
    copy = pickle.loads(pickle.dumps(candidate))
    assert np.array_equal(copy.fit_fold(panel, fold)[1], candidate.fit_fold(panel, fold)[1])


def test_recipe_digest_ignores_data_cutoff_and_cache(candidate: StandardCandidate) -> None:
    wanted = candidate.recipe_digest
    elsewhere = replace(
        candidate,
        cutoff=Cutoff.parse("2024-12-31"),
        log_start=None,
        builder=replace(candidate.builder, store=None, engine=DuckDBEngine(threads=2)),
    )
    assert elsewhere.recipe_digest == wanted


@pytest.mark.parametrize(
    "change",
    [
        lambda c: replace(c, target=Target("beta")),
        lambda c: replace(c, rule=replace(c.rule, platt_below=90)),
        lambda c: replace(c, splitter=PurgedGroupedSplitter(n_folds=3, purge_days=0)),
        lambda c: replace(c, recipe=replace(c.recipe, transforms=[])),
        lambda c: replace(c, training=TrainingCutoffs(n_cutoffs=3)),
        lambda c: replace(c, builder=replace(c.builder, safe=SafePolicy(mode="off"))),
        lambda c: replace(c, builder=replace(c.builder, families=[Rfm(months=[12])])),
        lambda c: replace(c, builder=replace(c.builder, label=LabelSpec(mode="expansion"))),
    ],
)
def test_recipe_digest_sees_every_part(candidate: StandardCandidate, change: object) -> None:
    assert change(candidate).recipe_digest != candidate.recipe_digest


class OneFold:
    """A splitter from outside the package, without inner folds of its own."""

    purge_days = 60

    def plan(self, panel: Panel) -> FoldPlan:
        half = np.arange(len(panel)) % 2
        fold = Fold("half", np.flatnonzero(half), np.flatnonzero(half == 0))
        return FoldPlan((fold,), "own", (), {})


def test_a_foreign_splitter_gets_inner_folds_with_its_purge(
    candidate: StandardCandidate, panel: Panel
) -> None:
    foreign = replace(candidate, splitter=OneFold())
    assert foreign.purge_days == 60
    assert foreign.inner_plan(panel).manifest["purge_days"] == 60
    assert foreign.fit_fold(panel, foreign.plan(panel).folds[0])[1].shape == (
        (len(panel) + 1) // 2,
    )


def test_one_class_is_a_named_outcome(candidate: StandardCandidate, panel: Panel) -> None:
    silent = panel.with_labels(np.zeros(len(panel)))
    for act in (candidate.plan, candidate.fit):
        with pytest.raises(DegenerateError, match="both classes") as error:
            act(silent)
        assert error.value.reason_code == "one_class"
