from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gosales.gauntlet.checks.attribute_vintage import AttributeVintage
from gosales.gauntlet.finding import Outcome


def run(context, **limits):
    return AttributeVintage(**limits).run(context)


def with_vintage(context, column="profile__region__all__static"):
    """A level that predicts the last cutoff and knows nothing of the first."""
    panel, rng = context.training, np.random.default_rng(0)
    age = panel.rows["cutoff"].rank(method="dense").to_numpy() - 1
    knows = rng.random(len(panel)) < age / 3
    says = np.where(knows, panel.y, rng.integers(0, 2, len(panel)))
    X = panel.X.copy()
    X[column] = np.where(says > 0, "active", "inactive")
    return replace(context, training=panel.with_features(X))


def test_fires_on_a_current_state_declared_static(audit):
    finding = run(with_vintage(audit()))
    assert finding.outcome is Outcome.FAIL
    assert finding.detail[0]["level"] in ("active", "inactive")
    assert finding.values["max_abs_z"] > 5


def test_numbers_are_binned(audit):
    context = with_vintage(audit(), "profile__size__all__static")
    X = context.training.X.copy()
    X["profile__size__all__static"] = (X["profile__size__all__static"] == "active") * 1.0
    context = replace(context, training=context.training.with_features(X))
    context = replace(context, forward=context.forward.at([]))
    finding = run(context)
    assert finding.outcome is Outcome.FAIL
    assert finding.detail[0]["column"] == "profile__size__all__static"


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert finding.outcome is Outcome.PASS
    assert finding.values["cutoffs"] == 5
    assert finding.values["levels"] >= 3


def test_does_not_apply_without_static_columns(audit):
    finding = run(audit("no_static"))
    assert finding.outcome is Outcome.NOT_APPLICABLE


def test_inconclusive_with_few_cutoffs_or_rows(audit):
    context = audit()
    two = context.training.at(context.training.cutoffs[:2])
    short = replace(context, training=two, forward=context.forward.at([]))
    assert run(short).outcome is Outcome.INCONCLUSIVE
    assert run(context, min_rows=10_000).outcome is Outcome.INCONCLUSIVE


def test_a_column_without_values_is_an_error(audit):
    context = audit()
    panel = context.training
    X = panel.X.drop(columns="profile__size__all__static")
    with pytest.raises(KeyError, match="profile__size"):
        run(replace(context, training=replace(panel, X=X)))
