"""Ranking: weights, coverage, eligibility, capacity, ties (DOMAIN §6 cases 13, 14, 16)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gosales.core.errors import ConfigError, DataError
from gosales.whitespace.capacity.per_rep import PerRep
from gosales.whitespace.capacity.top_percent import TopPercent
from gosales.whitespace.ranker import Ranker
from gosales.whitespace.rules.owned import Owned
from gosales.whitespace.weights import SignalWeights


def scored(n: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:02d}" for i in range(n)],
            "probability": rng.random(n).round(2),
            "expected_value": rng.random(n) * 1000,
            "ever_owned": rng.random(n) < 0.5,
            "is_owner": False,
            "rep": np.where(np.arange(n) % 3 == 0, "ann", "bob"),
        }
    )


def ranker(capacity: object | None = None, **weights: float) -> Ranker:
    return Ranker(SignalWeights(**weights), {"owned": Owned()}, capacity or TopPercent(50))


def test_case_13_low_coverage_shrinks_weights() -> None:
    weights = SignalWeights(0.6, 0.2, 0.1, 0.1)
    coverage = {"probability": 1.0, "affinity": 0.2, "als": 0.1, "expected_value": 1.0}
    factors = weights.factors(coverage)
    assert factors["affinity"] == pytest.approx(0.667, abs=1e-3)
    assert factors["als"] == pytest.approx(0.333, abs=1e-3)
    assert sum(weights.effective(coverage).values()) == pytest.approx(1.0)


def test_case_14_weights_normalise() -> None:
    full = dict.fromkeys(("probability", "affinity", "als", "expected_value"), 1.0)
    assert SignalWeights(2, 2, 1, 1).effective(full)["probability"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "bad", [{"probability": -1.0}, {"affinity": float("nan")}, {"als": float("inf")}]
)
def test_case_14_bad_weights_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="weights are malformed.*finite, non-negative"):
        SignalWeights(**bad)


def test_no_signal_is_refused() -> None:
    with pytest.raises(ConfigError, match="no weighted signal"):
        SignalWeights(0.0, 1.0, 0.0, 0.0).effective({"probability": 1.0})


def test_case_16_input_order_carries_nothing() -> None:
    rows = scored()
    owners_first = rows.sort_values("ever_owned", ascending=False)
    owners_last = rows.sort_values("ever_owned")
    a, b = ranker().rank(owners_first, "printers"), ranker().rank(owners_last, "printers")
    assert a.checksum == b.checksum
    assert a.rows["customer_id"].tolist() == b.rows["customer_id"].tolist()


def test_owned_accounts_are_never_listed_and_counts_are_disjoint() -> None:
    rows = scored()
    listed = ranker(TopPercent(100)).rank(rows, "printers")
    assert not listed.rows["ever_owned"].any()
    assert listed.n_scored - listed.n_eligible == sum(listed.dropped.values())
    assert len(listed.rows) == listed.n_eligible == int((~rows["ever_owned"]).sum())


def test_ties_fall_to_the_customer_id() -> None:
    rows = scored(6).assign(probability=0.5, expected_value=1.0, ever_owned=False)
    assert ranker(TopPercent(100)).rank(rows, "t").rows["customer_id"].tolist() == [
        f"c{i:02d}" for i in range(6)
    ]


def test_capacity_per_rep_takes_each_reps_best() -> None:
    rows = scored().assign(ever_owned=False)
    listed = ranker(PerRep(2)).rank(rows, "printers").rows
    assert listed.groupby("rep").size().to_dict() == {"ann": 2, "bob": 2}
    best = ranker(TopPercent(100)).rank(rows, "printers").rows
    assert set(listed["customer_id"]) == set(best.groupby("rep").head(2)["customer_id"])


def test_bad_scores_are_refused() -> None:
    twice = pd.concat([scored(3), scored(1)])
    with pytest.raises(DataError, match="stands twice.*c00"):
        ranker().rank(twice, "t")
    with pytest.raises(DataError, match="not a number between 0 and 1"):
        ranker().rank(scored(3).assign(probability=[0.1, np.nan, 0.2]), "t")
    with pytest.raises(DataError, match="expected_value is infinite.*1 rows"):
        ranker().rank(scored(2).assign(expected_value=[1.0, np.inf]), "t")
    with pytest.raises(DataError, match="cannot be ranked.*no account"):
        ranker().rank(scored(0), "t")
    with pytest.raises(DataError, match="cannot be ranked.*columns rank"):
        ranker().rank(scored(2).assign(rank=1), "t")
    with pytest.raises(ConfigError, match="ownership is not known"):
        ranker().rank(scored(3).drop(columns="ever_owned"), "t")
    with pytest.raises(ConfigError, match="capacity is out of range"):
        TopPercent(0)
    with pytest.raises(ConfigError, match="no rep is known"):
        ranker(PerRep(2)).rank(scored(9).drop(columns="rep").assign(ever_owned=False), "t")


def test_what_a_rep_reads_comes_first() -> None:
    rows = scored().assign(reasons="r")
    listed = list(ranker().rank(rows[sorted(rows.columns)], "printers").rows.columns)
    assert listed[:6] == [
        "rank", "customer_id", "rep", "probability", "expected_value", "reasons",
    ]  # fmt: skip
    assert sorted(listed) == sorted([*rows.columns, "rank", "score"])
