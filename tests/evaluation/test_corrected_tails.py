"""Skewed replicates are bounded where the bias-corrected and accelerated interval bounds them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap as scipy_bootstrap

from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.corrected_tails import corrected_tails
from gosales.evaluation.measured_interval import measured_interval
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.brier import Brier
from gosales.evaluation.sample import Sample


@pytest.fixture(scope="module")
def skewed() -> Sample:
    """Few positives whose errors are large."""
    rng = np.random.default_rng(3)
    p = rng.beta(1, 20, 120)
    return Sample.of(p, (rng.uniform(size=120) < p).astype(float))


def draws(sample: Sample, metric, replicates: int) -> np.ndarray:
    found = CustomerBootstrap(replicates).draws({0: sample}, {0: [metric]}, "x")[0]
    return found[metric.names[0]]


def test_it_is_the_interval_of_an_independent_implementation(skewed: Sample) -> None:
    loss = (skewed.score - skewed.y) ** 2
    want = scipy_bootstrap(
        (loss,), np.mean, n_resamples=4000, method="BCa", rng=np.random.default_rng(1)
    ).confidence_interval
    boot = CustomerBootstrap(4000, min_positive_accounts=3)
    mine = measured_interval(
        Brier(), "brier", loss.mean(), draws(skewed, Brier(), 4000), skewed, boot
    )
    width = want.high - want.low
    assert mine.lo == pytest.approx(want.low, abs=0.03 * width)
    assert mine.hi == pytest.approx(want.high, abs=0.04 * width)
    # The percentile interval is somewhere else.
    plain = boot.interval(loss.mean(), draws(skewed, Brier(), 4000), 3)
    assert mine.hi > plain.hi + 0.05 * width and mine.lo > plain.lo + 0.03 * width


def test_a_metric_that_tells_no_influence_keeps_its_percentiles(skewed: Sample) -> None:
    boot, found = CustomerBootstrap(200, min_positive_accounts=3), draws(skewed, Auc(), 200)
    interval = measured_interval(Auc(), "auc", 0.7, found, skewed, boot)
    assert (interval.lo, interval.hi) == pytest.approx(tuple(np.quantile(found, [0.025, 0.975])))


def test_the_pull_of_an_account_is_that_of_all_its_rows() -> None:
    sample = Sample.of([0.5, 0.5, 0.1], [1, 0, 0], None, [0, 0, 2], 3)
    # Losses .25, .25, .01: the mean is .17, and account 1 has no row.
    assert Brier().influence(sample)["brier"] == pytest.approx([0.16, 0.0, -0.16])


def test_nothing_is_corrected_where_no_account_pulls_and_no_draw_is_beyond() -> None:
    assert corrected_tails(0.5, np.full(10, 0.5), np.zeros(4), 0.95) == pytest.approx(
        (0.025, 0.975)
    )
    low, high = corrected_tails(1.0, np.linspace(0.0, 0.5, 100), np.array([-1.0, 1.0]), 0.95)
    assert 0.5 < low < high < 1.0
