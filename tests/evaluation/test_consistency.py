"""The p-value of calibration: right size under true promises, small under false ones."""

from __future__ import annotations

import numpy as np
import pytest

from gosales.core.errors import ConfigError
from gosales.evaluation.consistency import Consistency


def promises(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.02, 0.4, n)
    return p, (rng.random(n) < p).astype(float)


def test_true_promises_are_rejected_as_often_as_the_level_says() -> None:
    found = [Consistency(draws=99, seed=s).p_value(*promises(300, s)) for s in range(400)]
    rejected = float(np.mean([p is not None and p <= 0.05 for p in found]))
    assert 0.02 <= rejected <= 0.09


@pytest.mark.parametrize("bent", [lambda p: p * 1.5, lambda p: p.mean() + 0.3 * (p - p.mean())])
def test_false_promises_are_found(bent) -> None:  # type: ignore[no-untyped-def]
    p, y = promises(2000, 1)
    assert Consistency().p_value(bent(p), y) == pytest.approx(0.001, abs=0.003)


def test_one_promise_that_holds_on_average_is_consistent() -> None:
    p, y = promises(2000, 1)
    found = Consistency().p_value(np.full_like(p, p.mean()), y)
    assert found is not None
    assert found > 0.05


def test_the_order_of_rows_has_no_say() -> None:
    p, y = promises(500, 2)
    p = np.round(p, 1)
    order = np.random.default_rng(0).permutation(500)
    assert Consistency().p_value(p, y) == Consistency().p_value(p[order], y[order])


def test_fewer_rows_than_bins_say_nothing() -> None:
    assert Consistency().p_value(np.full(9, 0.5), np.ones(9)) is None


def test_certain_promises_that_came_true_are_consistent() -> None:
    y = np.repeat([0.0, 1.0], 20)
    assert Consistency().p_value(y, y) == 1.0


def test_bad_parameters_are_refused() -> None:
    with pytest.raises(ConfigError, match="consistency test is malformed.*draws=0"):
        Consistency(draws=0)
