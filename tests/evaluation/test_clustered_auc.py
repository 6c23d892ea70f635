"""The closed interval of an AUC agrees with the account bootstrap, and knows its accounts."""

from __future__ import annotations

import numpy as np
import pytest

from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.clustered_auc import clustered_auc
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.sample import Sample


def accounts(n=1200, rows=3, seed=0):
    """Rows of one account share most of their score and of their chance to buy."""
    rng = np.random.default_rng(seed)
    trait = np.repeat(rng.normal(size=n), rows)
    score = trait + 0.3 * rng.normal(size=n * rows)
    y = (rng.uniform(size=n * rows) < 1 / (1 + np.exp(2.0 - trait))).astype(float)
    return np.round(score, 1), y, np.repeat(np.arange(n), rows)


@pytest.mark.parametrize("rows", [1, 3])
def test_it_is_as_wide_as_the_account_bootstrap(rows):
    score, y, group = accounts(rows=rows)
    found = clustered_auc(score, y, group)
    bootstrap = CustomerBootstrap(replicates=800)
    draws = bootstrap.draws({"a": Sample.of(score, y, None, group)}, {"a": [Auc()]}, "t")["a"]
    lo, hi = np.quantile(draws["auc"], [0.025, 0.975])
    assert found.hi - found.lo == pytest.approx(hi - lo, rel=0.1)
    assert (found.lo, found.hi) == pytest.approx((lo, hi), abs=0.006)


def test_rows_of_one_account_are_not_independent():
    score, y, group = accounts(rows=1)
    once = clustered_auc(score, y, group)
    thrice = clustered_auc(*(np.repeat(v, 3) for v in (score, y, group)))
    assert (thrice.value, thrice.lo, thrice.hi) == pytest.approx((once.value, once.lo, once.hi))
    alone = clustered_auc(np.repeat(score, 3), np.repeat(y, 3), np.arange(3 * len(y)))
    assert alone.hi - alone.lo < 0.65 * (once.hi - once.lo)


def test_ties_count_half_and_the_level_widens():
    score, y, group = accounts(rows=1)
    assert clustered_auc(np.zeros(len(y)), y, group).value == 0.5
    wide, narrow = (clustered_auc(score, y, group, level=q) for q in (0.99, 0.9))
    assert wide.lo < narrow.lo < narrow.value < narrow.hi < wide.hi


@pytest.mark.parametrize(
    ("y", "group", "value", "note"),
    [
        ([0, 0, 0, 0], [0, 1, 2, 3], None, "one class only"),
        ([0, 0, 1, 1], [0, 1, 2, 3], 1.0, "every pair is ordered alike"),
        ([0, 1, 0, 1], [5, 5, 5, 5], 0.75, "one account"),
    ],
)
def test_without_an_interval_it_says_why(y, group, value, note):
    found = clustered_auc(np.arange(4.0), np.array(y), np.array(group))
    assert (found.value, found.has_bounds, found.note) == (value, False, note)
