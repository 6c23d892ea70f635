from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gosales.core.errors import ConfigError
from gosales.core.timeline import Lookback
from gosales.evaluation.drift import DriftWatch
from gosales.evaluation.ks import ks
from gosales.evaluation.psi import level_counts, number_counts, psi
from gosales.features.spec import FeatureSpec

RNG = np.random.default_rng(0)
WATCH = DriftWatch()


def status(a: np.ndarray, b: np.ndarray, watch: DriftWatch = WATCH) -> str:
    return str(watch.scores(a, b)["status"].iloc[0])


def test_ks_is_the_largest_distance_of_the_distribution_functions() -> None:
    a, b = np.round(RNG.normal(size=300), 1), np.round(RNG.normal(0.3, size=200), 1)
    slow = max(abs((a <= x).mean() - (b <= x).mean()) for x in np.r_[a, b])
    assert ks(a, b) == ks(b, a) == pytest.approx(slow)
    assert np.isnan(ks(a, np.full(5, np.nan)))


def test_two_samples_of_one_distribution_are_ok_and_show_the_noise() -> None:
    found = pd.concat(
        [WATCH.scores(RNG.normal(size=2000), RNG.normal(size=800)) for _ in range(40)]
    )
    assert (found["status"] == "ok").all()
    assert found["psi"].mean() == pytest.approx(found["psi_noise"].mean(), rel=0.25)


@pytest.mark.parametrize(("shift", "expected"), [(0.35, "watch"), (0.8, "alert")])
def test_a_shift_is_seen(shift: float, expected: str) -> None:
    assert status(RNG.normal(size=4000), RNG.normal(shift, size=4000)) == expected


def test_scores_of_other_models_never_alert() -> None:
    a, b = RNG.normal(size=400), RNG.normal(2, size=400)
    row = WATCH.scores(a, b, "p", same_model=False).iloc[0]
    assert (row["status"], row["name"]) == ("watch", "p") and "models of the folds" in row["note"]
    assert WATCH.scores(a, a, "p", same_model=False)["note"].iloc[0] == ""


def test_a_missing_share_is_a_bin_of_its_own() -> None:
    a = RNG.normal(size=1000)
    b = np.where(RNG.random(1000) < 0.4, np.nan, RNG.normal(size=1000))
    row = WATCH.scores(a, b).iloc[0]
    assert row["status"] == "alert" and row["ks"] < 0.1
    assert row["missing_current"] == pytest.approx(0.4, abs=0.05)


def test_a_constant_that_moves_either_way_is_seen_and_one_that_stays_is_not() -> None:
    flat = np.zeros(500)
    assert status(flat, flat) == "ok"
    assert WATCH.scores(flat, flat)["psi"].iloc[0] == 0.0
    for moved in (flat + 1, flat - 1):
        row = WATCH.scores(flat, moved).iloc[0]
        assert row["status"] == "alert" and row["psi"] > 0.25


def test_few_rows_have_no_status_and_nothing_has_no_number() -> None:
    assert status(RNG.normal(size=1000), RNG.normal(3, size=50)) == "insufficient"
    row = WATCH.scores(np.empty(0), RNG.normal(size=500)).iloc[0]
    assert row["status"] == "insufficient" and np.isnan(row["psi"])
    assert np.isnan(psi([], [])) and np.isnan(psi([0, 0], [1, 1]))


def test_row_order_changes_nothing() -> None:
    a, b = RNG.normal(size=300), RNG.normal(size=300)
    assert WATCH.scores(a, b).equals(WATCH.scores(a[::-1], b[::-1]))


def test_categories_by_level_with_a_new_and_a_vanished_one() -> None:
    a = np.array(["x"] * 150 + ["y"] * 50, dtype=object)
    b = np.array(["x"] * 150 + ["z"] * 49 + [None], dtype=object)
    before, now = level_counts(a, b)
    assert (before.sum(), now.sum(), len(before)) == (200, 200, 4)
    assert psi(before, now) > 0.25
    # A level named like the null's own place is no null.
    assert [c.tolist() for c in level_counts(np.array([None]), np.array([""]))] == [[1, 0], [0, 1]]


def test_features_the_farthest_first_and_shared_values_never_alert() -> None:
    look = Lookback(months=12)
    specs = (
        FeatureSpec("rfm", "tx_count", "all", look, "orders"),
        FeatureSpec("rfm", "gp_sum", "all", look, "profit"),
        FeatureSpec("encoder", "rate_industry", "target", look, "rate", of_attribute=True),
        FeatureSpec("profile", "region", "all", None, "region", dtype="category"),
    )
    names = [s.name for s in specs]
    rates = np.repeat([0.1, 0.2, 0.3], 200)
    text = np.array(["a", "b"] * 300, dtype=object)
    a = pd.DataFrame(dict(zip(names, (RNG.normal(size=600), RNG.normal(size=600), rates, text),
                              strict=True)))  # fmt: skip
    b = a.assign(**{names[1]: a[names[1]] + 2, names[2]: rates + 0.001})
    found = WATCH.features(specs, a, b).set_index("name")
    assert found.index[-1] in (names[0], names[3])
    assert found.loc[names[1], "status"] == "alert"
    assert found.loc[names[2], "status"] == "watch" and found.loc[names[2], "psi"] > 0.25
    assert found.loc[[names[0], names[3]], "status"].eq("ok").all()


def money(expected: np.ndarray, realised: np.ndarray, buyers: int = 200) -> pd.Series:
    return WATCH.money(expected, realised, buyers).iloc[0]


def test_money_that_comes_where_it_was_expected_is_ok_though_most_bring_nothing() -> None:
    p = RNG.uniform(0.02, 0.4, size=4000)
    realised = np.where(RNG.random(4000) < p, 100.0, 0.0)
    row = money(100.0 * p, realised, int((realised > 0).sum()))
    assert row["status"] == "ok" and row["psi"] < 0.05


def test_money_from_elsewhere_alerts() -> None:
    p = np.linspace(0.01, 0.5, 4000)
    bought = RNG.random(4000) < p[::-1]
    assert money(100.0 * p, np.where(bought, 100.0, 0.0), int(bought.sum()))["status"] == "alert"


def test_zero_revenue_losses_and_unknown_money_give_no_number() -> None:
    p = np.linspace(1.0, 50.0, 400)
    for realised in (np.zeros(400), np.full(400, -5.0), np.full(400, np.nan)):
        row = money(p, realised)
        assert row["status"] == "insufficient" and np.isnan(row["psi"])
    assert money(np.full(400, np.nan), np.ones(400))["status"] == "insufficient"
    assert money(p, np.ones(400), buyers=39)["note"] == "39 buyers"


def test_one_large_deal_is_one_observation() -> None:
    realised = np.ones(1000)
    realised[0] = 1e6
    row = money(np.linspace(1, 10, 1000), realised, 1000)
    assert row["psi_noise"] > 5 and row["status"] != "alert"


@pytest.mark.parametrize(
    "bad",
    [{"psi_watch": 0.3}, {"ks_alert": 1.1}, {"n_bins": 1}, {"smoothing": 0.0}, {"min_rows": 0}],
)
def test_malformed_limits_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="limits of drift are malformed"):
        DriftWatch(**bad)  # type: ignore[arg-type]


def test_bins_are_the_references_and_hold_everything() -> None:
    a, b = RNG.normal(size=500), RNG.normal(5, size=70)
    before, now = number_counts(a, b)
    assert before.tolist() == [50.0] * 10
    assert now.sum() == 70 and now[-1] == now.max()
