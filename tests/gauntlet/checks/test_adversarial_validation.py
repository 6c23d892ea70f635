from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from gosales.core.errors import InternalError
from gosales.gauntlet.checks.adversarial_validation import AdversarialValidation
from gosales.gauntlet.finding import Outcome
from gosales.models.estimators.lgbm import Lgbm

SIZE = "profile__size__all__static"


def run(context, **limits):
    return AdversarialValidation(**limits).run(context)


def moved(context, by):
    forward = context.forward
    X = forward.X.assign(**{SIZE: forward.X[SIZE] + by})
    return replace(context, forward=forward.with_features(X))


@pytest.mark.parametrize("by", [100.0, -100.0])
def test_sees_a_column_that_gives_the_months_away(audit, by):
    finding = run(moved(audit(), by))
    assert finding.values["auc"] > 0.99
    assert (finding.values["first_column"], finding.detail[0]["auc"]) == (SIZE, 1.0)
    assert finding.outcome is Outcome.PASS  # honest months differ too: a report


def test_near_chance_on_the_clean_twin(audit):
    finding = run(audit())
    assert finding.outcome is Outcome.PASS
    assert finding.values["auc"] < 0.75
    assert finding.detail[0]["auc"] < 0.75


def test_missing_values_are_a_clue(audit):
    forward = audit().forward
    X = forward.X.assign(**{SIZE: np.nan})
    finding = run(replace(audit(), forward=forward.with_features(X)))
    assert (finding.values["first_column"], finding.detail[0]["auc"]) == (SIZE, 1.0)


@pytest.mark.parametrize("known", [1e6, -1e6])
def test_missing_values_rank_where_they_tell_more(audit, known):
    forward = audit().forward
    half = np.where(np.arange(len(forward)) % 2, known, np.nan)
    X = forward.X.assign(**{SIZE: half})
    finding = run(replace(audit(), forward=forward.with_features(X)))
    assert (finding.values["first_column"], finding.detail[0]["auc"]) == (SIZE, 1.0)


def test_the_halves_are_scored_on_one_scale(audit, monkeypatch):
    """One half's classifier says everything ten times as loudly; the order must not care."""
    learn, calls = Lgbm.fit, []

    def loud(self, X, y, *rest):
        fitted = learn(self, X, y, *rest)
        calls.append(fitted)
        factor = 10.0 ** (1 - len(calls))
        return SimpleNamespace(predict=lambda Z: factor * fitted.predict(Z))

    expected = run(moved(audit(), 3.0)).values["auc"]
    monkeypatch.setattr(Lgbm, "fit", loud)
    assert run(moved(audit(), 3.0)).values["auc"] == pytest.approx(expected, abs=1e-9)
    assert len(calls) == 2


def test_no_label_is_read(audit):
    context = audit()
    other = context.training.with_labels(1.0 - context.training.y)
    assert run(replace(context, training=other)).values == run(context).values


def test_does_not_apply_to_few_rows(audit):
    context = audit()
    few = replace(context, forward=context.forward.take(np.arange(99)))
    finding = run(few)
    assert finding.outcome is Outcome.NOT_APPLICABLE and "99 forward rows" in finding.reason


def test_a_column_that_is_not_finite_is_an_error(audit):
    with pytest.raises(InternalError, match="infinite"):
        run(moved(audit(), np.inf))
