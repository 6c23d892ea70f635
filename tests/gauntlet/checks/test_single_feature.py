from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gosales.gauntlet.checks.single_feature import SingleFeature, _windows_before
from gosales.gauntlet.finding import Outcome


def run(context, **limits):
    return SingleFeature(**limits).run(context)


def test_a_column_equal_to_the_label_is_caught(audit):
    finding = run(audit("label_column"))
    assert finding.outcome is Outcome.FAIL
    assert (finding.values["best_column"], finding.values["best_auc"]) == (
        "planted__told__all__ever",
        1,
    )


def test_a_column_that_restates_the_label_fails_beside_a_strong_family(audit):
    context = audit("label_column")
    X = context.training.X.copy()
    X["toy__count__target__12m"] = X["planted__told__all__ever"] + np.where(X.index % 40 == 0, 2, 0)
    finding = run(replace(context, training=context.training.with_features(X)))
    assert finding.values["next_family_auc"] > 0.95
    assert finding.outcome is Outcome.FAIL


def test_a_strong_column_far_above_other_families_fails(audit):
    finding = run(audit("strong_column"))
    assert finding.outcome is Outcome.FAIL
    assert 0.95 <= finding.values["best_auc"] < 0.999


def test_a_strong_column_among_strong_families_only_warns(audit):
    finding = run(audit("strong_column"), fail_margin=0.5)
    assert finding.outcome is Outcome.WARN


def test_missingness_and_categories_are_columns_too(audit):
    context = audit()
    y = context.training.y > 0
    X = context.training.X.copy()
    X["toy__days_since__target__ever"] = np.where(y, np.nan, X["toy__gp_sum__all__6m"])
    finding = run(replace(context, training=context.training.with_features(X)))
    assert finding.values["best_column"] == "toy__days_since__target__ever"
    X = context.training.X.copy()
    X["profile__region__all__static"] = np.where(y, "buyer", "other")
    finding = run(replace(context, training=context.training.with_features(X)))
    assert finding.values["best_column"] == "profile__region__all__static"


@pytest.mark.parametrize("sign", [1, -1])
def test_missing_values_are_ranked_at_either_end(audit, sign):
    context = audit()
    y = context.training.y > 0
    X = context.training.X.copy()
    half = np.where(np.arange(len(y)) % 2 == 0, np.nan, sign * 5.0)
    X["toy__days_since__target__ever"] = np.where(y, half, sign * 1.0)
    finding = run(replace(context, training=context.training.with_features(X)))
    assert finding.values["best_auc"] == 1


def test_many_levels_do_not_fool_it(audit):
    context = audit()
    X = context.training.X.copy()
    X["profile__region__all__static"] = context.training.rows["customer_id"].to_numpy()
    finding = run(replace(context, training=context.training.with_features(X)))
    found = {d["column"]: d["auc"] for d in finding.detail}
    assert found["profile__region__all__static"] < 0.6


def test_silent_on_the_clean_twin(audit):
    finding = run(audit())
    assert finding.outcome is Outcome.PASS
    assert 0.6 < finding.values["best_auc"] < 0.9


def test_inconclusive_with_few_positives(audit):
    context = audit()
    few = context.training.with_labels(np.r_[np.ones(5), np.zeros(len(context.training) - 5)])
    assert run(replace(context, training=few)).outcome is Outcome.INCONCLUSIVE


def test_inconclusive_with_one_class(audit):
    context = audit()
    ones = context.training.with_labels(np.ones(len(context.training)))
    assert run(replace(context, training=ones)).outcome is Outcome.INCONCLUSIVE


def test_a_label_that_is_not_finite_is_an_error(audit):
    context = audit()
    y = context.training.y.copy()
    y[0] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        run(replace(context, training=context.training.with_labels(y)))


def test_regulars_make_honest_data_easy(audit):
    context = audit()
    # Accounts that ordered last year order again, the others do not: history is the label.
    orders = context.training.rows["naive_count"].to_numpy()
    easy = context.training.with_labels((orders > 0).astype(float))
    X = easy.X.assign(toy__count__target__12m=orders)
    finding = run(replace(context, training=easy.with_features(X)))
    assert (finding.values["best_auc"], finding.values["alike_positives"]) == (1, 0)
    assert finding.outcome is Outcome.WARN


def test_a_static_column_that_restates_the_label_has_no_such_excuse(audit):
    context = audit()
    orders = context.training.rows["naive_count"].to_numpy()
    easy = context.training.with_labels((orders > 0).astype(float))
    X = easy.X.assign(profile__size__all__static=orders)
    finding = run(replace(context, training=easy.with_features(X)))
    assert finding.outcome is Outcome.FAIL


def test_accounts_are_alike_when_they_bought_in_the_same_windows(audit):
    context = audit("strong_column")
    y = context.training.y
    finding = run(context)
    assert finding.values["alike_positives"] >= 20
    before = list(_windows_before(context))
    assert len(before) == 4
    assert all(set(np.unique(w)) <= {0.0, 1.0} and 0 < w.mean() < 1 for w in before)
    # What was bought a window ago is the label of that window, never of one's own.
    last = context.training.at([context.training.cutoffs[0]])
    then = dict(zip(last.rows["customer_id"], last.y, strict=True))
    rows = context.training.rows
    here = (rows["cutoff"] == str(context.training.cutoffs[1])).to_numpy()
    told = rows.loc[here, "customer_id"].map(then).fillna(0.0).to_numpy()
    assert (before[0][here] == told).all()
    assert (before[0] != y).any()
