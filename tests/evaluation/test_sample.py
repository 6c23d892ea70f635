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
