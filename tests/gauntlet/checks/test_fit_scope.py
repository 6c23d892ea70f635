from __future__ import annotations

from dataclasses import dataclass, replace

import joblib
import numpy as np
import pandas as pd
import pytest
from tests.support.toy_candidate import ToyCandidate

from gosales.gauntlet.checks.fit_scope import FitScope, _falsify
from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.zoo.staged_candidate import StagedCandidate

COUNT, SINCE = "toy__count__target__12m", "toy__days_since__target__ever"
REGION = "profile__region__all__static"


def run(context):
    return FitScope().run(context)


@pytest.mark.parametrize(
    ("leak", "changed", "experiment"),
    [
        ("scale_on_all", "transforms", "falsified features"),
        ("encode_on_all", "transforms", "scrambled labels"),
        ("tune_on_valid", "estimator", "scrambled labels"),
        ("calibrate_on_valid", "calibrator", "scrambled labels"),
        ("calibrate_on_valid", "predictions of untouched rows", "falsified features"),
        ("other_predictions", "validation predictions", "scrambled labels"),
        ("other_predictions", "model's own predictions", "nothing"),
    ],
)
def test_fires_when_outside_rows_enter_the_fit(audit, leak, changed, experiment):
    finding = FitScope(max_examples=10_000).run(audit(leak))
    assert finding.outcome is Outcome.FAIL
    assert (changed, experiment) in {(d["changed"], d["experiment"]) for d in finding.detail}


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert (finding.outcome, finding.values["changes"]) == (Outcome.PASS, 0)
    assert finding.values["refits"] == 2 * 6


@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
def test_the_same_in_several_workers(audit, backend):
    with joblib.parallel_config(backend=backend):
        finding = run(audit("tune_on_valid", n_jobs=2))
    alone = run(audit("tune_on_valid"))
    assert finding.outcome is Outcome.FAIL
    assert finding.detail == alone.detail


def test_inconclusive_without_folds(audit):
    context = audit()
    assert run(replace(context, plan=replace(context.plan, folds=()))).outcome is (
        Outcome.INCONCLUSIVE
    )
    empty = replace(context.plan.folds[0], valid=np.array([], dtype=int))
    plan = replace(context.plan, folds=(empty,))
    assert run(replace(context, plan=plan)).outcome is Outcome.INCONCLUSIVE


def test_a_state_that_is_not_finite_is_an_error(audit, monkeypatch):
    context = audit()
    monkeypatch.setattr(
        "tests.support.toy_model.ToyShift.to_json", lambda self: {"shift": float("nan")}
    )
    with pytest.raises(ValueError, match="not JSON compliant"):
        run(context)


@dataclass(frozen=True)
class Picky:
    """Takes logarithms of counts and the places of the regions it knows; refuses all else."""

    places: dict[str, int]

    def apply(self, X):
        if (X[COUNT] < 0).any():
            raise ValueError("Input X contains NaN")
        return X.assign(
            **{COUNT: np.log1p(X[COUNT]), REGION: [float(self.places[v]) for v in X[REGION]]}
        )

    def to_json(self):
        return {"places": self.places}


class OfKnownRegions(StagedCandidate):
    def learn(self, rows):
        return Picky({"north": 0, "south": 1, "west": 2, "isle": 3})


@dataclass(frozen=True)
class Vocabulary:
    levels: list[str]

    def apply(self, X):
        return X

    def to_json(self):
        return {"levels": self.levels}


class OfSeenRegions(StagedCandidate):
    def learn(self, rows):
        return Vocabulary(sorted(rows.X[REGION].unique()))


def with_region(context, who):
    """One more region, of some customers."""
    panel = context.training
    rare = panel.rows["customer_id"].isin(who)
    X = panel.X.assign(**{REGION: panel.X[REGION].mask(rare, "isle")})
    return replace(context, training=panel.with_features(X))


def some(context, n):
    fold = context.plan.folds[0]
    return context.training.rows["customer_id"].iloc[fold.valid[:n]]


def test_a_transform_of_a_narrow_domain_is_honest(audit):
    context = with_region(audit(), some(audit(), 3))
    finding = run(replace(context, candidate=OfKnownRegions(ToyCandidate(), 0.0)))
    assert finding.outcome is Outcome.PASS
    leaky = run(replace(context, candidate=OfSeenRegions(ToyCandidate(), 0.0)))
    assert leaky.outcome is Outcome.PASS


@pytest.mark.parametrize("customers", [1, 10])
def test_fires_on_a_vocabulary_of_all_rows(audit, customers):
    # All customers of the first validation part, whom no fold of theirs trains on.
    context = with_region(audit(), some(audit(), customers))
    finding = run(replace(context, candidate=OfSeenRegions(ToyCandidate(), 1.0)))
    assert finding.outcome is Outcome.FAIL
    assert {d["changed"] for d in finding.detail} == {"transforms"}


def test_falsified_features_are_far_off_and_in_their_domain(audit):
    context = with_region(audit(), some(audit(), 3))
    panel, where = context.training, np.arange(len(context.training)) % 3 == 0
    X = panel.X.assign(flag=panel.X[COUNT] > 2, one=1.0, nothing=np.nan)
    X["nobody"] = pd.Series(None, index=X.index, dtype=object)
    panel = replace(panel, X=X)
    false = _falsify(panel, where, np.random.default_rng(1)).X
    pd.testing.assert_frame_equal(false[~where], X[~where])
    assert (false.dtypes == X.dtypes).all()
    for name in X.columns:
        assert false[name].isin(X[name][~where]).all()
    assert false["flag"][where].all()
    for name in (COUNT, SINCE):
        assert false[name][where].min() >= X[name][~where].quantile(0.89)
    assert (false[REGION][where] == "isle").mean() > 0.05
    assert false[["nothing", "nobody"]].isna().all().all()
