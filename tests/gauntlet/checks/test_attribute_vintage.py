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


def moved(context, level_rates, rest_rates):
    """Labels whose rates in one level and in the rest follow the given courses."""
    panels = [context.training, context.forward]
    cutoffs = sorted({str(c) for p in panels for c in p.cutoffs})
    rng, made = np.random.default_rng(1), []
    for panel in panels:
        at = panel.rows["cutoff"].astype(str).map(cutoffs.index).to_numpy()
        inside = np.arange(len(panel)) % 2 == 0
        rate = np.where(inside, np.take(level_rates, at), np.take(rest_rates, at))
        X = panel.X.copy()
        X["profile__region__all__static"] = np.where(inside, "in", "out")
        made.append(panel.with_labels((rng.random(len(panel)) < rate) * 1.0).with_features(X))
    return replace(context, training=made[0], forward=made[1])


def test_an_association_that_fades_or_jumps_once_is_to_explain(audit):
    fades = run(moved(audit(), [0.02, 0.05, 0.1, 0.2, 0.3], [0.3] * 5))
    assert fades.outcome is Outcome.WARN
    assert "fades" in fades.reason
    jumps = run(moved(audit(), [0.3, 0.3, 0.3, 0.3, 0.02], [0.3, 0.3, 0.3, 0.3, 0.9]))
    assert jumps.outcome is Outcome.WARN
    assert "one cutoff makes most of it" in jumps.reason


def test_the_same_association_growing_all_along_fails(audit):
    grows = run(moved(audit(), [0.3, 0.2, 0.1, 0.05, 0.02], [0.3] * 5))
    assert grows.outcome is Outcome.FAIL
    assert grows.detail[0]["least_slope_share"] >= 0.5
