from __future__ import annotations

from dataclasses import replace

import joblib
import numpy as np
import pytest

from gosales.gauntlet.checks.fit_scope import FitScope
from gosales.gauntlet.finding import Outcome


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
