"""What a sample refuses, and how it codes ties and accounts."""

from __future__ import annotations

import numpy as np
import pytest

from gosales.core.errors import InternalError
from gosales.evaluation.sample import Sample
from gosales.evaluation.weighted_ranking import WeightedRanking


def test_tie_blocks_and_positive_accounts() -> None:
    sample = Sample.of([0.5, 0.9, 0.5, 0.1], [1, 0, 1, 0], group=[2, 0, 2, 1])
    assert sample.block_starts.tolist() == [0, 1, 3]
    assert sample.n_positive_groups == 1
    assert sample.n_groups == 3


@pytest.mark.parametrize(
    ("score", "y", "match"),
    [
        ([0.1, np.nan], [0, 1], "cannot measure"),
        ([0.1, 0.2], [0, np.nan], "neither 0 nor 1"),
        ([0.1, 0.2], [0, 2], "neither 0 nor 1"),
        ([0.1], [0, 1], "differ in length"),
    ],
)
def test_what_cannot_be_measured_is_refused(score: list, y: list, match: str) -> None:
    with pytest.raises(InternalError, match=match):
        Sample.of(score, y)


@pytest.mark.parametrize(
    ("counts", "match"),
    [
        (np.array([[1.0, 1.0]]), "wrong shape or type"),
        (np.array([[1, 1, 1]]), "wrong shape or type"),
        (np.array([[1, -1]]), "weight is negative"),
    ],
)
def test_weights_are_whole_counts_of_accounts(counts: np.ndarray, match: str) -> None:
    with pytest.raises(InternalError, match=match):
        WeightedRanking(Sample.of([0.1, 0.2], [0, 1]), counts)


def test_a_top_through_a_tie_takes_its_share() -> None:
    ranking = WeightedRanking.plain([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0])
    found = ranking.top("y", np.array([[0.0, 1.0, 1.5, 2.0, 3.0, 4.0]]))
    assert found.tolist() == [[0.0, 1.0, 1.25, 1.5, 2.0, 2.0]]


def test_a_ranking_keeps_each_top_apart() -> None:
    ranking = WeightedRanking.plain([0.9, 0.5, 0.1], [1, 0, 1], gp=[5.0, 0.0, -2.0])
    one, two = np.array([[1.0]]), np.array([[3.0]])
    asked = [("y", one), ("gp", one), ("y", two), ("gp", two), ("y", one)]
    assert [ranking.top(*a).item() for a in asked] == [1.0, 5.0, 2.0, 3.0, 1.0]


def test_a_ranking_sums_the_same_rows_once_and_others_apart() -> None:
    sample = Sample.of([0.9, 0.5], [1, 0], group=[0, 1])
    ranking = WeightedRanking(sample, np.array([[2, 0], [1, 1]]))
    asked = []

    def rows(*values: float) -> np.ndarray:
        asked.append(values)
        return np.array(values)[:, None]

    for _ in range(2):
        assert ranking.weighted_sums("a", lambda: rows(1.0, 10.0)).tolist() == [[2.0], [11.0]]
    assert ranking.weighted_sums("b", lambda: rows(3.0, 0.0)).tolist() == [[6.0], [3.0]]
    assert asked == [(1.0, 10.0), (3.0, 0.0)]


@pytest.mark.parametrize("scale", [1.0, 1e-9, 3e7])
def test_sums_of_scores_hold_where_one_account_is_every_draw(scale: float) -> None:
    score = np.array([0.7, -0.3, 0.2, 0.1, 0.0]) * scale
    sample = Sample.of(score, [1, 0, 1, 0, 0], group=[0, 0, 0, 1, 2], n_groups=1000)
    counts = np.zeros((2, 1000), dtype=np.int64)
    counts[0, 0], counts[1, :3] = 1000, (1, 998, 1)
    found = WeightedRanking(sample, counts).top("score", np.array([[1000.0, 3000.0], [2.0, 999.5]]))
    expected = np.array([[700.0, 600.0], [0.9, 0.7 + 0.2 + 99.75]]) * scale
    assert found == pytest.approx(expected, rel=1e-12)


def test_weights_too_heavy_for_exact_sums_are_refused() -> None:
    ranking = WeightedRanking(Sample.of([0.5, 0.2], [1, 0]), np.array([[300, 300]]))
    with pytest.raises(InternalError, match="too heavy to sum scores"):
        ranking.top("score", np.array([[1.0]]))
