"""Account weights: reproducible, shared, and as good as resampling by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gosales.core.errors import ConfigError, InternalError
from gosales.evaluation import bootstrap as module
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.average_precision import AveragePrecision
from gosales.evaluation.sample import Sample


def sample(n_groups: int = 60, per_group: int = 3, seed: int = 0) -> Sample:
    rng = np.random.default_rng(seed)
    taste = np.repeat(rng.normal(size=n_groups), per_group)
    y = (rng.random(len(taste)) < 1 / (1 + np.exp(-taste))).astype(float)
    score = np.round(taste + rng.normal(size=len(taste)), 1)
    return Sample.of(score, y, group=np.repeat(np.arange(n_groups), per_group))


def test_each_replicate_draws_as_many_accounts_as_there_are() -> None:
    counts = np.concatenate(list(CustomerBootstrap(replicates=50).counts(40, "x")))
    assert counts.shape == (50, 40)
    assert (counts.sum(axis=1) == 40).all()
    # A multinomial count has mean 1 and variance 1 - 1/n.
    assert counts.var() == pytest.approx(1 - 1 / 40, abs=0.1)


def test_equal_twice_whatever_the_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap = CustomerBootstrap(replicates=30)
    first = bootstrap.draws({"a": sample()}, {"a": [Auc()]}, "x")["a"]["auc"]
    monkeypatch.setattr(module, "_CELLS", 120)
    again = bootstrap.draws({"a": sample()}, {"a": [Auc()]}, "x")["a"]["auc"]
    other = bootstrap.draws({"a": sample()}, {"a": [Auc()]}, "y")["a"]["auc"]
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_draws_equal_metrics_of_resampled_rows() -> None:
    from sklearn.metrics import roc_auc_score

    s = sample()
    bootstrap = CustomerBootstrap(replicates=20)
    found = bootstrap.draws({"a": s}, {"a": [Auc(), AveragePrecision()]}, "x")["a"]
    for b, counts in enumerate(np.concatenate(list(bootstrap.counts(s.n_groups, "x")))):
        rows = np.repeat(np.arange(len(s)), counts[s.group])
        assert found["auc"][b] == pytest.approx(roc_auc_score(s.y[rows], s.score[rows]))


def test_interval_of_accounts_is_wider_than_of_rows() -> None:
    rng = np.random.default_rng(8)
    taste = rng.normal(size=80)
    score, y = np.repeat(taste, 12), np.repeat((taste + rng.normal(size=80) > 0).astype(float), 12)
    accounts = Sample.of(score, y, group=np.repeat(np.arange(80), 12))
    rows = Sample.of(score, y)
    bootstrap = CustomerBootstrap(replicates=200)

    def width(s: Sample) -> float:
        return float(np.ptp(bootstrap.draws({0: s}, {0: [Auc()]}, "w")[0]["auc"]))

    assert width(accounts) > 2 * width(rows)


def test_populations_share_their_weights() -> None:
    s = sample()
    draws = CustomerBootstrap(replicates=25).draws(
        {"a": s, "b": s}, {"a": [Auc()], "b": [Auc()]}, "x"
    )
    assert np.array_equal(draws["a"]["auc"], draws["b"]["auc"])


def test_fewer_than_forty_positive_accounts_have_no_interval() -> None:
    bootstrap = CustomerBootstrap()
    found = bootstrap.interval(0.7, np.linspace(0.6, 0.8, 101), 39)
    assert (found.value, found.lo, found.hi) == (0.7, None, None)
    assert found.note == "insufficient: 39 positive accounts, an interval needs 40"
    assert not found.has_bounds
    kept = bootstrap.interval(0.7, np.linspace(0.6, 0.8, 101), 40)
    assert (kept.lo, kept.hi) == (pytest.approx(0.605), pytest.approx(0.795))


def test_an_undefined_replicate_gives_no_interval() -> None:
    found = CustomerBootstrap().interval(0.7, np.array([0.6, np.nan, 0.8]), 50)
    assert not found.has_bounds
    assert found.note == "undefined in 1 of 3 replicates"
    assert not found.lies_above(0.0)
    assert not found.lies_below(1.0)


@pytest.mark.parametrize("bad", [{"replicates": 0}, {"level": 1.0}, {"min_positive_accounts": 0}])
def test_malformed_bootstrap_is_refused(bad: dict) -> None:
    with pytest.raises(ConfigError, match="bootstrap is malformed"):
        CustomerBootstrap(**bad)


def test_samples_must_share_their_accounts() -> None:
    samples = {"a": sample(), "b": sample(n_groups=10)}
    with pytest.raises(InternalError, match="different accounts"):
        CustomerBootstrap(2).draws(samples, {"a": [Auc()], "b": [Auc()]}, "x")
