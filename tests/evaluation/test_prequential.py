from __future__ import annotations

import numpy as np
import pytest
from tests.support.small_panel import small_panel

from gosales.core.timeline import Cutoff
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.prequential import prequential
from gosales.evaluation.simultaneous import simultaneous
from gosales.features.panel import Panel

MONTHS = ("2024-01-31", "2024-02-29", "2024-03-31")
FROZEN = Cutoff.parse("2023-12-01")
BOOTSTRAP = CustomerBootstrap(replicates=120)
EPS = {"auc": 0.01, "lift_at_10pct": 0.25}


def scored(panel: Panel) -> np.ndarray:
    return 1 / (1 + np.exp(1.5 - panel.X.iloc[:, 0].to_numpy()))


@pytest.fixture(scope="module")
def panel() -> Panel:
    return small_panel(n=400, cutoffs=MONTHS)


def knowing(panel: Panel, month: str) -> np.ndarray:
    """Scores that know half the outcome of one month."""
    score = scored(panel)
    inside = (panel.rows["cutoff"] == month).to_numpy()
    return np.where(inside, 0.5 * score + 0.5 * panel.y, score)


def test_every_month_has_its_metrics_and_its_distance(panel: Panel) -> None:
    from sklearn.metrics import roc_auc_score

    found = prequential(panel, scored(panel), FROZEN, BOOTSTRAP)
    auc = found.months[found.months["metric"] == "auc"]
    assert auc["cutoff"].tolist() == list(MONTHS)
    assert auc["days_ahead"].tolist() == [61, 90, 121]
    assert set(found.months["metric"]) == {"auc", "lift_at_10pct", "brier"}
    first = panel.at([Cutoff.parse(MONTHS[0])])
    assert auc["value"].iloc[0] == pytest.approx(roc_auc_score(first.y, scored(first)))
    assert ((auc["lo"] < auc["value"]) & (auc["value"] < auc["hi"])).all()


def test_alike_months_hold_no_paradox_and_are_identical_twice(panel: Panel) -> None:
    found = prequential(panel, scored(panel), FROZEN, BOOTSTRAP)
    again = prequential(panel, scored(panel), FROZEN, BOOTSTRAP)
    assert found.months.equals(again.months) and found.gains.equals(again.gains)
    assert len(found.paradoxes(EPS)) == 0
    assert len(found.gains) == 6  # three pairs, AUC and lift


def test_a_later_month_that_knows_more_is_a_paradox(panel: Panel) -> None:
    found = prequential(panel, knowing(panel, MONTHS[2]), FROZEN, BOOTSTRAP).paradoxes(EPS)
    assert set(found["later"]) == {MONTHS[2]}
    assert {"auc", "lift_at_10pct"} == set(found["metric"])


def test_a_plain_decline_passes_and_a_gain_below_eps_too(panel: Panel) -> None:
    assert len(prequential(panel, knowing(panel, MONTHS[0]), FROZEN, BOOTSTRAP).paradoxes(EPS)) == 0
    found = prequential(panel, knowing(panel, MONTHS[2]), FROZEN, BOOTSTRAP)
    assert len(found.paradoxes({"auc": 0.9, "lift_at_10pct": 99.0})) == 0


def test_months_are_paired_by_account(panel: Panel) -> None:
    # The same outcomes and scores in every month: nothing can differ, in any replicate.
    one = panel.at([Cutoff.parse(MONTHS[0])])
    rows = [one.rows.assign(cutoff=m) for m in MONTHS]
    import pandas as pd

    same = Panel(
        panel.target,
        pd.concat(rows, ignore_index=True),
        pd.concat([one.X] * 3, ignore_index=True),
        panel.specs,
        panel.provenance,
    )
    found = prequential(same, scored(same), FROZEN, BOOTSTRAP)
    assert (found.gains[["gain", "lo", "hi"]] == 0.0).all().all()


def test_few_buyers_or_one_class_have_no_interval_and_no_pair(panel: Panel) -> None:
    y = np.zeros(len(panel))
    y[:12] = 1.0  # the first month only, and few
    found = prequential(panel.with_labels(y), scored(panel), FROZEN, BOOTSTRAP)
    auc = found.months[found.months["metric"] == "auc"]
    assert auc["value"].notna().tolist() == [True, False, False]
    assert auc["lo"].isna().all()
    assert auc["note"].str.startswith(("insufficient", "undefined")).all()
    assert found.gains.empty and found.paradoxes(EPS).empty


def test_all_ties_are_chance_and_never_a_paradox(panel: Panel) -> None:
    found = prequential(panel, np.full(len(panel), 0.3), FROZEN, BOOTSTRAP)
    values = found.months.set_index(["metric", "cutoff"])["value"]
    assert (values["auc"] == 0.5).all()
    assert values["lift_at_10pct"].round(12).eq(1.0).all()
    assert found.paradoxes(EPS).empty


def test_unlabelled_rows_are_left_out(panel: Panel) -> None:
    y = panel.y.copy()
    y[(panel.rows["cutoff"] == MONTHS[2]).to_numpy()] = np.nan
    found = prequential(panel.with_labels(y), scored(panel), FROZEN, BOOTSTRAP)
    assert set(found.months["cutoff"]) == set(MONTHS[:2])


def test_simultaneous_bounds_hold_the_chance_of_any_error() -> None:
    rng = np.random.default_rng(0)
    wrong = {"single": 0, "all": 0}
    for _ in range(200):
        centre = rng.normal(size=10)
        draws = centre + rng.normal(size=(400, 10))
        wrong["all"] += any(f.lies_above(0) or f.lies_below(0) for f in simultaneous(centre, draws))
        alone = [simultaneous(centre[i : i + 1], draws[:, i : i + 1])[0] for i in range(10)]
        wrong["single"] += any(f.lies_above(0) or f.lies_below(0) for f in alone)
    assert wrong["single"] > 40
    assert wrong["all"] <= 20


def test_simultaneous_says_what_is_undefined() -> None:
    draws = np.array([[1.0, np.nan, 2.0], [1.0, 2.0, 2.5]])
    one, two, three = simultaneous(np.array([1.0, 2.0, np.nan]), draws)
    assert (one.lo, one.hi) == (1.0, 1.0)
    assert (two.value, two.has_bounds, two.note) == (2.0, False, "undefined in some replicates")
    assert (three.value, three.note) == (None, "undefined")
