"""The ranking signals come from the model's own columns, by what they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.features.panel import Panel
from gosales.features.spec import FeatureSpec
from gosales.whitespace.capacity.top_percent import TopPercent
from gosales.whitespace.ranker import Ranker
from gosales.whitespace.signals import Signals
from gosales.whitespace.weights import SignalWeights

YEARS, LAGGED = Lookback(months=24), Lookback(months=24, lag_days=30)
SIGNALS = Signals(
    affinity=[{"family": "basket", "measure": "lift_max"}],
    als=[
        {"family": "als", "measure": "similarity"},
        {"family": "item2vec", "measure": "similarity"},
    ],
)


def spec(family: str, measure: str, lookback: Lookback = YEARS, scope: str = "target"):
    return FeatureSpec(family, measure, scope, lookback, "words", nullable=True)


def panel(*columns: tuple[FeatureSpec, list[float | None]]) -> Panel:
    X = pd.DataFrame({s.name: pd.array(v, dtype="float64") for s, v in columns})
    rows = pd.DataFrame({"customer_id": [f"c{i}" for i in range(len(X))]})
    return Panel("t", rows, X, tuple(s for s, _ in columns), pd.DataFrame())


def test_a_signal_is_the_column_of_its_family_and_measure() -> None:
    got = SIGNALS.of(
        panel(
            (spec("basket", "lift_mean"), [9.0, 9.0]),
            (spec("basket", "lift_max"), [1.5, None]),
            (spec("basket", "lift_max", scope="all"), [7.0, 7.0]),
        )
    )
    assert list(got) == ["affinity"]
    np.testing.assert_array_equal(got["affinity"], [1.5, np.nan])


def test_the_window_that_ends_nearest_counts() -> None:
    both = [(spec("als", "similarity", LAGGED), [0.1]), (spec("als", "similarity"), [0.2])]
    assert SIGNALS.of(panel(*both))["als"].tolist() == [0.2]
    assert SIGNALS.of(panel(both[0]))["als"].tolist() == [0.1]


def test_a_later_source_speaks_for_those_the_first_does_not_know() -> None:
    got = SIGNALS.of(
        panel(
            (spec("als", "similarity"), [0.9, 0.1, None, None]),
            (spec("item2vec", "similarity"), [0.99, None, 0.98, None]),
        )
    )
    # Percentiles within each source: .75 and .25 of two known, .25 of the other source's two.
    np.testing.assert_array_equal(got["als"], [0.75, 0.25, 0.25, np.nan])


def test_without_their_columns_signals_are_absent() -> None:
    assert SIGNALS.of(panel((spec("rfm", "tx_count"), [1.0]))) == {}
    assert Signals().of(panel((spec("als", "similarity"), [1.0]))) == {}


def test_the_ranker_uses_them_by_their_coverage() -> None:
    found = SIGNALS.of(panel((spec("basket", "lift_max"), [3.0, None, 1.0, None, None])))
    rows = pd.DataFrame({"customer_id": list("abcde"), "probability": 0.5, "ever_owned": False})
    listed = Ranker(SignalWeights(), {}, TopPercent(100)).rank(rows.assign(**found), "t")
    assert listed.coverage["affinity"] == pytest.approx(0.4)
    assert listed.weights["affinity"] == pytest.approx(0.2 / 0.8)
    assert listed.rows["customer_id"].tolist()[:2] == ["a", "c"]


@pytest.mark.parametrize(
    "bad", [{"family": "als"}, {"family": "als", "measure": "x", "scope": "all"}, "als"]
)
def test_a_malformed_source_is_refused(bad: object) -> None:
    with pytest.raises(ConfigError, match="source of a ranking signal is malformed.*als: "):
        Signals(als=[bad])  # type: ignore[list-item]
