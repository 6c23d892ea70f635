"""Each metric against a slow definition, under ties, weights and degenerate data."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gosales.core.errors import ConfigError
from gosales.evaluation.metric import Metric
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.average_precision import AveragePrecision
from gosales.evaluation.metrics.brier import Brier
from gosales.evaluation.metrics.cal_mae import CalMae
from gosales.evaluation.metrics.cal_slope import CalSlope
from gosales.evaluation.metrics.capture_at_k import CaptureAtK
from gosales.evaluation.metrics.debiased_ece import DebiasedEce
from gosales.evaluation.metrics.lift_at_k import LiftAtK
from gosales.evaluation.metrics.log_loss import LogLoss
from gosales.evaluation.metrics.precision_at_k import PrecisionAtK
from gosales.evaluation.metrics.realised_gp_at_k import RealisedGpAtK
from gosales.evaluation.metrics.rev_capture_at_k import RevCaptureAtK
from gosales.evaluation.metrics.rev_lift_at_k import RevLiftAtK
from gosales.evaluation.sample import Sample
from gosales.evaluation.weighted_ranking import WeightedRanking

EVERY: tuple[Metric, ...] = (
    Auc(), AveragePrecision(), Brier(), LogLoss(), CalMae(n_bins=2), CalSlope(),
    DebiasedEce(n_bins=2),
    *(
        kind(k_pct=[30, 50], k_accounts=[2])
        for kind in (LiftAtK, CaptureAtK, PrecisionAtK, RevCaptureAtK, RevLiftAtK, RealisedGpAtK)
    ),
)  # fmt: skip
NAMES = [name for m in EVERY for name in m.names]
# One Newton step from the unweighted optimum is not the weighted optimum.
EXACT = [m for m in EVERY if not isinstance(m, CalSlope)]


def value(metric: Metric, ranking: WeightedRanking, name: str | None = None) -> float:
    return float(metric.values(ranking)[name or metric.names[0]][0])


def at(score: list[float], y: list[float], gp: list[float] | None = None) -> WeightedRanking:
    return WeightedRanking.plain(score, y, gp)


def test_case_9_lift_of_a_perfect_top_tenth_is_ten() -> None:
    rng = np.random.default_rng(9)
    score = np.concatenate([rng.uniform(0, 0.2, 90), rng.uniform(0.8, 1, 10)])
    y = np.repeat([0.0, 1.0], [90, 10])
    order = rng.permutation(100)
    ranking = WeightedRanking.plain(score[order], y[order])
    assert value(LiftAtK(k_pct=[10]), ranking) == pytest.approx(10.0)
    assert value(Auc(), ranking) == 1.0


@pytest.mark.parametrize("y", [[0.0] * 4, [1.0] * 4])
def test_case_10_one_class_gives_no_ranking_number(y: list[float]) -> None:
    ranking = at([0.1, 0.4, 0.4, 0.9], y)
    assert np.isnan(value(Auc(), ranking))
    assert np.isnan(CalSlope().values(ranking)["cal_slope"]).all()
    if not any(y):
        for metric in (AveragePrecision(), LiftAtK([50]), CaptureAtK([50]), RevCaptureAtK([50])):
            assert np.isnan(value(metric, ranking))


def test_against_sklearn_and_by_hand() -> None:
    from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

    rng = np.random.default_rng(1)
    p, gp = rng.random(200), rng.normal(100, 300, 200)
    y = (rng.random(200) < p).astype(float)
    ranking = WeightedRanking.plain(p, y, gp)
    assert value(Auc(), ranking) == pytest.approx(roc_auc_score(y, p))
    assert value(AveragePrecision(), ranking) == pytest.approx(average_precision_score(y, p))
    assert value(Brier(), ranking) == pytest.approx(brier_score_loss(y, p))
    assert value(LogLoss(), ranking) == pytest.approx(log_loss(y, p))
    top = np.argsort(-p)[:20]
    gain = np.maximum(gp, 0)
    wanted = {
        LiftAtK: y[top].mean() / y.mean(),
        CaptureAtK: y[top].sum() / y.sum(),
        PrecisionAtK: y[top].mean(),
        RevCaptureAtK: gain[top].sum() / gain.sum(),
        RevLiftAtK: gain[top].mean() / gain.mean(),
        RealisedGpAtK: gp[top].sum(),
    }
    for kind, expected in wanted.items():
        assert value(kind(k_pct=[10]), ranking) == pytest.approx(expected)
        assert value(kind(k_pct=[], k_accounts=[20]), ranking) == pytest.approx(expected)


def test_the_debiased_error_of_a_perfect_forecast_is_zero_on_average() -> None:
    rng = np.random.default_rng(3)
    found = []
    for _ in range(300):
        p = rng.uniform(0.02, 0.6, 200)
        ranking = WeightedRanking.plain(p, (rng.random(200) < p).astype(float))
        found.append((value(DebiasedEce(), ranking), value(CalMae(), ranking) ** 2))
    debiased, plain = np.mean(found, axis=0)
    scatter = np.std(found, axis=0)[0] / np.sqrt(300)
    assert abs(debiased) < 3 * scatter
    assert plain > 10 * scatter


def test_cal_mae_of_ten_equal_bins_by_hand() -> None:
    rng = np.random.default_rng(2)
    p = rng.random(100)
    y = (rng.random(100) < p).astype(float)
    bins = np.array_split(np.argsort(p), 10)
    wanted = np.mean([abs(p[b].mean() - y[b].mean()) for b in bins])
    assert value(CalMae(), WeightedRanking.plain(p, y)) == pytest.approx(wanted)


def test_cal_slope_is_the_maximum_likelihood_line() -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(3)
    z = rng.normal(-1, 1.5, 4000)
    y = (rng.random(4000) < 1 / (1 + np.exp(-(0.3 + 0.6 * z)))).astype(float)
    found = CalSlope().values(WeightedRanking.plain(1 / (1 + np.exp(-z)), y))
    line = LogisticRegression(C=1e9, tol=1e-10, max_iter=1000).fit(z[:, None], y)
    assert found["cal_slope"][0] == pytest.approx(line.coef_[0, 0], abs=1e-5)
    assert found["cal_intercept"][0] == pytest.approx(line.intercept_[0], abs=1e-5)


def test_cal_slope_replicate_is_close_to_a_refit() -> None:
    rng = np.random.default_rng(4)
    n = 3000
    z = rng.normal(-1, 1, n)
    p = 1 / (1 + np.exp(-z))
    y = (rng.random(n) < p).astype(float)
    counts = np.bincount(rng.integers(0, n, n), minlength=n)
    step = CalSlope().values(WeightedRanking(Sample.of(p, y), counts[None, :]))["cal_slope"][0]
    whole = CalSlope().values(WeightedRanking.plain(np.repeat(p, counts), np.repeat(y, counts)))
    assert step == pytest.approx(whole["cal_slope"][0], abs=2e-3)


@pytest.mark.parametrize(
    ("score", "y"),
    [([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]), ([0.5] * 4, [0, 1, 0, 1])],
    ids=["separable", "one score"],
)
def test_cal_slope_that_does_not_exist_is_null(score: list[float], y: list[float]) -> None:
    assert np.isnan(CalSlope().values(at(score, y))["cal_slope"]).all()


def replicated(metric: Metric, score: np.ndarray, y: np.ndarray, gp: np.ndarray) -> np.ndarray:
    values = metric.values(WeightedRanking.plain(score, y, gp))
    return np.array([values[name][0] for name in metric.names])


rows = st.lists(
    st.tuples(
        st.sampled_from([0.1, 0.3, 0.5, 0.7]),
        st.booleans(),
        st.sampled_from([-3.0, 0.0, 2.0, 5.0]),
        st.integers(0, 3),
    ),
    min_size=4,
    max_size=12,
)


@pytest.mark.parametrize("metric", EXACT, ids=lambda m: type(m).__name__)
@given(rows)
@settings(max_examples=40, deadline=None)
def test_a_weight_is_so_many_copies(metric: Metric, table: list[tuple]) -> None:
    score, y, gp, weight = (np.array(column, dtype=float) for column in zip(*table, strict=True))
    weight = weight.astype(int)
    if weight.sum() < 4:
        return
    found = metric.values(WeightedRanking(Sample.of(score, y, gp), weight[None, :]))
    copies = [np.repeat(v, weight) for v in (score, y, gp)]
    wanted = replicated(metric, *copies)
    if isinstance(metric, RealisedGpAtK) and not copies[2].any():
        return  # known profit that this replicate happens to miss is 0, not unknown
    np.testing.assert_allclose([found[n][0] for n in metric.names], wanted, atol=1e-12)


@pytest.mark.parametrize("metric", EVERY, ids=lambda m: type(m).__name__)
def test_row_order_changes_nothing(metric: Metric) -> None:
    rng = np.random.default_rng(5)
    score, gp = rng.choice([0.1, 0.2, 0.6], 30), rng.normal(size=30)
    y = (rng.random(30) < 0.4).astype(float)
    wanted = replicated(metric, score, y, gp)
    for _ in range(5):
        order = rng.permutation(30)
        found = replicated(metric, score[order], y[order], gp[order])
        np.testing.assert_allclose(found, wanted, rtol=1e-12)


def expected_over_orders(
    measure: Callable[[list[int]], float], score: list[float], n: int
) -> float:
    """Mean of a measure over all orders that respect the scores."""
    orders = [
        order
        for order in permutations(range(n))
        if all(score[a] >= score[b] for a, b in pairwise(order))
    ]
    return float(np.mean([measure(list(order)) for order in orders]))


def test_ties_take_the_expected_value_over_all_orders() -> None:
    score = [0.9, 0.5, 0.5, 0.5, 0.5, 0.1]
    y, gp = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0], [0.0, 7.0, -2.0, 4.0, 0.0, 9.0]

    def precision_mean(order: list[int]) -> float:
        hits = np.cumsum([y[i] for i in order])
        places = [k for k, i in enumerate(order) if y[i]]
        return float(np.mean([hits[k] / (k + 1) for k in places]))

    ranking = at(score, y, gp)
    assert value(AveragePrecision(), ranking) == pytest.approx(
        expected_over_orders(precision_mean, score, 6)
    )
    wins = [0.5 if a == b else float(a > b) for a in (0.5, 0.5, 0.1) for b in (0.9, 0.5, 0.5)]
    assert value(Auc(), ranking) == pytest.approx(np.mean(wins))
    half = {
        CaptureAtK: lambda order: sum(y[i] for i in order[:3]) / 3,
        RevCaptureAtK: lambda order: sum(max(gp[i], 0) for i in order[:3]) / 20,
        RealisedGpAtK: lambda order: sum(gp[i] for i in order[:3]),
    }
    for kind, measure in half.items():
        assert value(kind(k_pct=[50]), ranking) == pytest.approx(
            expected_over_orders(measure, score, 6)
        )


def test_profit_that_nobody_knows_is_null() -> None:
    ranking = at([0.9, 0.1], [1, 0])
    for metric in (RealisedGpAtK([50]), RevCaptureAtK([50]), RevLiftAtK([50])):
        assert np.isnan(value(metric, ranking))


def test_losses_never_push_captured_profit_beyond_one() -> None:
    ranking = at([0.9, 0.5, 0.1, 0.05], [1, 0, 0, 0], [100.0, 0.0, -60.0, -30.0])
    assert value(RevCaptureAtK([25]), ranking) == 1.0
    assert value(RealisedGpAtK([100]), ranking) == 10.0


def test_a_top_larger_than_the_population_is_null() -> None:
    ranking = at([0.9, 0.5, 0.1], [1, 0, 0])
    found = PrecisionAtK(k_pct=[1], k_accounts=[3, 4]).values(ranking)
    assert found["precision_at_1pct"][0] == 1.0  # k is at least one row
    assert found["precision_at_3_accounts"][0] == pytest.approx(1 / 3)
    assert np.isnan(found["precision_at_4_accounts"]).all()


def test_fewer_rows_than_bins_is_null() -> None:
    assert np.isnan(value(CalMae(n_bins=10), at([0.9, 0.5, 0.1], [1, 0, 0])))


def test_names_are_distinct_and_storable() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert LiftAtK().names == ("lift_at_5pct", "lift_at_10pct", "lift_at_20pct")
    assert not any(set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789_") for name in NAMES)


@pytest.mark.parametrize("metric", EVERY, ids=lambda m: type(m).__name__)
def test_every_metric_keeps_the_protocol(metric: Metric) -> None:
    assert isinstance(metric, Metric)
    rng = np.random.default_rng(6)
    y = (rng.random(12) < 0.5).astype(float)
    sample = Sample.of(rng.random(12), y, y * 3)
    found = metric.values(WeightedRanking(sample, np.ones((4, 12), dtype=int)))
    assert tuple(found) == metric.names
    assert all(v.shape == (4,) for v in found.values())
    assert metric.requires


@pytest.mark.parametrize("sizes", [{"k_pct": [0]}, {"k_pct": [101]}, {"k_pct": []}])
def test_a_malformed_top_is_refused(sizes: dict) -> None:
    with pytest.raises(ConfigError, match="size of a top is malformed"):
        LiftAtK(**sizes)


def test_malformed_bins_are_refused() -> None:
    with pytest.raises(ConfigError, match="number of calibration bins"):
        CalMae(n_bins=0)
    with pytest.raises(ConfigError, match="number of calibration bins is malformed"):
        DebiasedEce(n_bins=0)
