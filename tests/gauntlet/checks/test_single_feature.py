from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.support.keyed_toy import KeyedToy
from tests.support.toy_candidate import TRAINING, toy_context

from gosales.data.star import CUSTOMERS, TRANSACTIONS
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


@pytest.fixture(scope="module")
def later(star):
    """Later orders of the target by the size of an account, as a table of answers."""
    lines = pd.read_parquet(star.table(TRANSACTIONS))
    after = lines[(lines["division_key"] == "alpha") & (lines["order_date"] > TRAINING[0].day)]
    sizes = pd.read_parquet(star.table(CUSTOMERS)).set_index("customer_id")["size"]
    orders = after.groupby("customer_id").size().reindex(sizes.index, fill_value=0)
    return dict(zip(sizes, np.log1p(orders), strict=True))


@pytest.mark.parametrize("part", ["transform", "estimator"])
def test_answers_looked_up_by_an_innocent_number(star, tmp_path, later, part):
    finding = run(toy_context(star, KeyedToy(part, later), tmp_path))
    assert finding.outcome is Outcome.FAIL
    assert "brings its answers along" in finding.reason
    # No column shows it, and it need not all but decide the label.
    assert finding.values["best_auc"] < 0.9
    for of in ("held_out", "of_strangers"):
        assert finding.values[f"auc_{of}"] - finding.values[f"auc_{of}_near"] > 0.1


def test_a_weak_table_of_answers(star, tmp_path, later):
    rng = np.random.default_rng(1)
    noisy = {size: answer + 0.8 * rng.standard_normal() for size, answer in later.items()}
    assert run(toy_context(star, KeyedToy("transform", noisy), tmp_path)).outcome is Outcome.FAIL


def test_a_table_that_keeps_neighbours_together_is_a_scale(star, tmp_path, later):
    classes = {size: float(np.searchsorted([0.3, 1.0, 3.0], size)) for size in later}
    finding = run(toy_context(star, KeyedToy("transform", classes), tmp_path))
    assert finding.outcome is Outcome.PASS
    loss = finding.values["auc_held_out"] - finding.values["auc_held_out_near"]
    assert abs(loss) < 0.02


def test_an_account_remembered_by_its_number_is_no_leak(star, tmp_path):
    finding = run(toy_context(star, KeyedToy("estimator", None), tmp_path))
    assert finding.outcome is Outcome.WARN
    assert "remembers accounts" in finding.reason


def test_rows_of_folds_are_judged_where_the_forward_ones_have_no_labels(star, tmp_path, later):
    context = toy_context(star, KeyedToy("transform", later), tmp_path)
    forward = context.forward
    unknown = forward.with_labels(np.full(len(forward), np.nan))
    assert run(replace(context, forward=unknown)).outcome is Outcome.FAIL


def test_inconclusive_where_hardly_a_buyer_is_held_out(audit):
    finding = run(audit(), min_alike_positives=10_000)
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "held out: too few" in finding.reason
