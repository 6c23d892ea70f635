from __future__ import annotations

import numpy as np
import pytest

from gosales.evaluation.clustered_auc import clustered_auc
from gosales.gauntlet.strongest_auc import strongest_auc

RNG = np.random.default_rng(3)
Y = (np.arange(200) % 3 == 0).astype(float)
SCORE = Y + RNG.normal(size=200)
ACCOUNT = np.arange(200) // 2


def ends(found):
    return (found.value, found.lo, found.hi)


def test_a_score_turned_round_tells_as_much():
    straight = clustered_auc(SCORE, Y, ACCOUNT)
    assert straight.value > 0.6
    assert ends(strongest_auc([-SCORE], Y, ACCOUNT)) == pytest.approx(ends(straight))


def test_the_strongest_reading_counts_even_upside_down():
    noise = RNG.normal(size=200)
    found = strongest_auc([noise, -SCORE], Y, ACCOUNT)
    assert ends(found) == pytest.approx(ends(clustered_auc(SCORE, Y, ACCOUNT)))


def test_a_column_that_is_the_label_turned_round_has_no_interval():
    found = strongest_auc([-Y], Y, ACCOUNT)
    assert (found.value, found.has_bounds) == (1.0, False)
