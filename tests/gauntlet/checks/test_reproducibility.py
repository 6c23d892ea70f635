from __future__ import annotations

from dataclasses import replace

import pytest

from gosales.gauntlet.checks.reproducibility import Reproducibility
from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.out_of_fold import out_of_fold


def run(context):
    return Reproducibility(max_examples=1000).run(context)


def test_fires_on_a_fit_with_entropy(audit):
    finding = run(audit("random_fit"))
    assert finding.outcome is Outcome.FAIL
    assert "second run" in {d["run"] for d in finding.detail}
    assert any(d["what"].startswith("predictions of fold") for d in finding.detail)


def test_fires_when_the_shipped_model_is_another(audit):
    context = audit()
    other = context.candidate.fit(context.training.take(context.plan.folds[0].train))
    finding = run(replace(context, model=other))
    assert [(d["what"], d["run"]) for d in finding.detail] == [("model", "fresh run")]


def test_fires_when_the_reported_folds_or_panel_are_others(audit):
    context = audit()
    fewer = replace(context.plan, folds=context.plan.folds[1:])
    assert [d["what"] for d in run(replace(context, plan=fewer)).detail] == ["plan"]
    edited = context.training.X.copy()
    edited.iloc[0, 0] += 1e-9
    finding = run(replace(context, training=context.training.with_features(edited)))
    assert [d["what"] for d in finding.detail] == ["panel"]


def test_reported_predictions_are_held_too(audit):
    context = audit()
    oof = out_of_fold(context)
    assert run(replace(context, oof=oof)).outcome is Outcome.PASS
    oof = oof.copy()
    oof[context.plan.folds[2].valid[0]] += 1e-12
    finding = run(replace(context, oof=oof))
    assert [d["what"] for d in finding.detail] == [
        f"predictions of fold {context.plan.folds[2].name}"
    ]


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert (finding.outcome, finding.values["differences"]) == (Outcome.PASS, 0)
    assert finding.values["digests"] == 2 * 6 + 3


def test_inconclusive_without_rows(audit):
    context = audit()
    finding = run(replace(context, training=context.training.at([])))
    assert finding.outcome is Outcome.INCONCLUSIVE


def test_a_star_that_is_gone_is_an_error(audit, tmp_path):
    context = audit()
    with pytest.raises(FileNotFoundError, match="nowhere"):
        run(replace(context, star=replace(context.star, path=tmp_path / "nowhere")))
