"""SAFE auto: chosen on purged CV of the training panel, and on nothing else."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from tests.support.small_panel import small_recipe, small_rule
from tests.support.toy_star import toy_star

from gosales.core.timeline import Cutoff, Horizon
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import Star
from gosales.evaluation import safe_choice
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.cross_validation import CrossValidation, cross_validate
from gosales.evaluation.forward import evaluate
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.purged_grouped import PurgedGroupedSplitter
from gosales.evaluation.safe_choice import choose_safe
from gosales.evaluation.standard_candidate import StandardCandidate
from gosales.evaluation.training_cutoffs import TrainingCutoffs
from gosales.features.families.recency import Recency
from gosales.features.families.rfm import Rfm
from gosales.features.panel_builder import PanelBuilder
from gosales.features.safe_auto import SafeAuto
from gosales.features.transforms.missingness import Missingness
from gosales.labels.incumbency import Incumbency
from gosales.labels.label_spec import LabelSpec
from gosales.labels.population import Population
from gosales.labels.target import Target

AUTO = SafeAuto()
BOOTSTRAP = CustomerBootstrap(replicates=50)


@pytest.fixture(scope="module")
def star(tmp_path_factory: pytest.TempPathFactory) -> Star:
    return toy_star(tmp_path_factory.mktemp("toy") / "star")


@pytest.fixture(scope="module")
def candidate() -> StandardCandidate:
    builder = PanelBuilder(
        families=[Rfm(months=[3, 12]), Recency(half_lives_days=(30,))],
        safe=AUTO,
        population=Population(),
        label=LabelSpec(),
        incumbency=Incumbency(),
        engine=DuckDBEngine(threads=1),
    )
    return StandardCandidate(
        target=Target("alpha"),
        cutoff=Cutoff.parse("2024-06-30"),
        builder=builder,
        splitter=PurgedGroupedSplitter(n_folds=3),
        recipe=replace(small_recipe(), transforms=[Missingness()]),
        rule=small_rule(),
        training=TrainingCutoffs(),
        horizon=Horizon(6),
        seed=7,
        log_start=Cutoff.parse("2021-01-01"),
    )


def test_the_choice_rests_on_the_reported_folds_of_the_training_cutoffs(
    candidate: StandardCandidate, star: Star, monkeypatch: pytest.MonkeyPatch
) -> None:
    built, honest = [], StandardCandidate.build

    def build(self: StandardCandidate, star: Star, cutoffs: list[Cutoff]) -> object:
        built.append((self.builder.safe.mode, tuple(cutoffs)))
        return honest(self, star, cutoffs)

    monkeypatch.setattr(StandardCandidate, "build", build)
    choice = choose_safe(candidate, AUTO, star, BOOTSTRAP)
    train_at = candidate.training_cutoffs(star)
    assert built == [("on", train_at), ("off", train_at)]
    assert candidate.cutoff not in train_at

    # What training will report under the chosen policy is the figure it was chosen by.
    chosen = replace(candidate, builder=replace(candidate.builder, safe=choice.policy))
    panel = honest(chosen, star, train_at).labelled()
    cv = cross_validate(chosen, panel, chosen.plan(panel))
    table = evaluate(panel.take(cv.rows), cv.predictions, [Auc()], BOOTSTRAP, "cv")
    mine = {"on": choice.safe_auc, "off": choice.full_auc}[choice.policy.mode]
    assert mine == table.scalars("cv")["cv_auc"]
    assert choice.rows == len(cv.rows)
    assert choice.gain.value == pytest.approx(choice.safe_auc - choice.full_auc)


@pytest.mark.parametrize(
    ("better", "chosen", "says"),
    [
        ("on", "on", r"SAFE mode on, chosen by auto: .* reaches 0.005"),
        ("off", "off", r"SAFE mode off, chosen by auto: .* does not reach 0.005"),
        # Equally good: all columns stay.
        ("neither", "off", r"gain of \+0.0000 .*does not reach 0.005"),
    ],
)
def test_safe_must_gain_to_be_chosen(
    candidate: StandardCandidate, star: Star, monkeypatch: pytest.MonkeyPatch, better, chosen, says
) -> None:
    def scored(mine, panel, plan, progress):
        rows = np.sort(np.concatenate([fold.valid for fold in plan.folds]))
        noise = np.random.default_rng(1).uniform(size=len(rows))
        share = 0.4 if mine.builder.safe.mode == better else 0.2
        score = (1 - share) * noise + share * panel.y[rows]
        return CrossValidation(rows, score, np.full(len(rows), "f"), len(panel), plan)

    monkeypatch.setattr(safe_choice, "cross_validate", scored)
    choice = choose_safe(candidate, AUTO, star, BOOTSTRAP)
    assert choice.policy == AUTO.policy(chosen)
    assert choice.gain.has_bounds
    assert re.search(says, choice.sentence), choice.sentence
    # The least gain is a parameter: with none asked for, equal is enough.
    free = choose_safe(candidate, replace(AUTO, min_gain_auc=0.0), star, BOOTSTRAP)
    assert free.policy.mode == ("off" if better == "off" else "on")
