from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.support.small_panel import small_panel

from gosales.core.errors import ConfigError
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.metrics.capture_at_k import CaptureAtK
from gosales.evaluation.metrics.realised_gp_at_k import RealisedGpAtK
from gosales.evaluation.scenario import Scenario
from gosales.evaluation.scenario_grid import ScenarioGrid
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.features.panel import Panel
from gosales.whitespace.capacity.per_rep import PerRep
from gosales.whitespace.capacity.top_percent import TopPercent

BOOTSTRAP = CustomerBootstrap(replicates=60)
GRID = ScenarioGrid()


@pytest.fixture(scope="module")
def panel() -> Panel:
    found = small_panel(n=400, cutoffs=("2024-06-30",))
    rng = np.random.default_rng(5)
    rows = found.rows.assign(
        rep=rng.choice(["ann", "bob", "cem"], 400, p=[0.7, 0.25, 0.05]),
        segment=np.where(rng.random(400) < 0.3, "cold", "warm"),
    )
    return Panel(found.target, rows, found.X, found.specs, found.provenance)


def scored(panel: Panel) -> np.ndarray:
    return 1 / (1 + np.exp(1.5 - panel.X.iloc[:, 0].to_numpy()))


def cells(panel: Panel, p: np.ndarray | None = None, grid: ScenarioGrid = GRID, value=700.0):
    probability = scored(panel) if p is None else p
    worth = np.broadcast_to(np.asarray(value, dtype="float64"), (len(panel),))
    return grid.table(panel, probability, worth, BOOTSTRAP)


def cell(table: pd.DataFrame, name: str, population: str = "all") -> pd.Series:
    found = table[(table["scenario"] == name) & (table["population"] == population)]
    assert len(found) == 1
    return found.iloc[0]


def test_a_top_percent_is_the_metric_of_that_name(panel: Panel) -> None:
    ranking = WeightedRanking.plain(scored(panel), panel.y, panel.rows["label_gp"])
    row = cell(cells(panel), "top 10 %")
    capture = CaptureAtK(k_pct=[10]).values(ranking)["capture_at_10pct"][0]
    gp = RealisedGpAtK(k_pct=[10]).values(ranking)["realised_gp_at_10pct"][0]
    assert row["capture"] == pytest.approx(capture)
    assert row["realised_gp"] == pytest.approx(gp)
    assert row["size"] == 40


def test_lists_are_those_of_the_ranker_where_nothing_is_tied(panel: Panel) -> None:
    p = np.argsort(np.argsort(scored(panel), kind="stable")) / 400.0
    order = np.argsort(-p)
    rows = panel.rows.iloc[order].reset_index(drop=True)
    table = cells(panel, p)
    for rule, name in ((PerRep(25), "25 per rep"), (TopPercent(20), "top 20 %")):
        chosen = rule.choose(rows)
        row = cell(table, name)
        assert row["size"] == chosen.sum()
        assert row["precision"] == pytest.approx(rows.loc[chosen, "y"].mean())
        assert row["realised_gp"] == pytest.approx(rows.loc[chosen, "label_gp"].sum())


def test_every_cell_has_its_intervals_and_is_identical_twice(panel: Panel) -> None:
    table = cells(panel)
    assert table.equals(cells(panel))
    assert len(table) == 2 * len(GRID.scenarios)
    everybody = table[table["population"] == "all"]
    for measure in ("realised_gp", "rev_capture", "precision", "capture"):
        assert (everybody[f"{measure}_lo"] <= everybody[f"{measure}_hi"]).all()


def test_row_order_changes_nothing(panel: Panel) -> None:
    order = np.random.default_rng(1).permutation(len(panel))
    a, b = cells(panel), cells(panel.take(order), scored(panel)[order])
    numbers = a.select_dtypes("number").columns.drop("rank")
    np.testing.assert_allclose(a[numbers], b[numbers], rtol=1e-9)
    assert a["scenario"].tolist() == b["scenario"].tolist()


def test_ranked_by_money_only_where_promises_held(panel: Panel) -> None:
    honest, bold = cells(panel, grid=ScenarioGrid(cal_mae_max=1.0)), cells(panel, value=700.0)
    assert set(honest["ranked_by"]) == {"expected_gp"}
    first = honest[honest["population"] == "all"]
    assert first["expected_gp"].is_monotonic_decreasing
    assert first["rank"].tolist() == list(range(1, len(first) + 1))
    assert bold["cal_mae"].iloc[0] > 0.03
    assert set(bold["ranked_by"]) == {"capture"}
    assert bold[bold["population"] == "all"]["capture"].is_monotonic_decreasing


def test_an_unknown_value_is_no_expectation(panel: Panel) -> None:
    value = np.full(len(panel), 700.0)
    value[3] = np.nan
    table = cells(panel, grid=ScenarioGrid(cal_mae_max=1.0), value=value)
    held = table[table["population"] == ("whitespace" if not panel.rows["is_owner"][3] else "all")]
    assert held["expected_gp"].isna().all() and set(held["ranked_by"]) == {"capture"}


def test_all_ties_are_chance_whatever_the_order(panel: Panel) -> None:
    row = cell(cells(panel, np.full(len(panel), 0.2)), "top 10 %")
    assert row["capture"] == pytest.approx(0.1)
    assert row["precision"] == pytest.approx(panel.y.mean())


def test_one_class_zero_revenue_and_losses_give_no_false_number(panel: Panel) -> None:
    silent = panel.with_labels(np.zeros(len(panel)))
    rows = silent.rows.assign(label_gp=0.0)
    table = cells(Panel(panel.target, rows, panel.X, panel.specs, panel.provenance))
    assert table[["capture", "rev_capture", "realised_gp"]].isna().all().all()
    assert (table["precision"] == 0.0).all() and table["precision_lo"].isna().all()
    assert table["note"].str.contains("undefined: needs positive gross profit").all()
    loss = panel.rows.assign(label_gp=np.where(panel.y > 0, -10.0, 0.0))
    table = cells(Panel(panel.target, loss, panel.X, panel.specs, panel.provenance))
    assert (table["realised_gp"] < 0).all() and table["rev_capture"].isna().all()


def test_profit_that_is_unknown_counts_as_nothing_and_is_told(panel: Panel) -> None:
    buyers = np.flatnonzero(panel.y == 1.0)
    gp = panel.rows["label_gp"].to_numpy(dtype="float64").copy()
    gp[buyers[:7]] = np.nan
    rows = panel.rows.assign(label_gp=gp)
    table = cells(Panel(panel.target, rows, panel.X, panel.specs, panel.provenance))
    everybody = table[table["population"] == "all"]
    assert everybody["note"].str.endswith("of 7 buyers is unknown and counts as 0").all()
    assert cells(panel)["note"].str.contains("unknown").sum() == 0
    rows = panel.rows.assign(label_gp=np.where(panel.y == 1.0, np.nan, 0.0))
    table = cells(Panel(panel.target, rows, panel.X, panel.specs, panel.provenance))
    assert table[["realised_gp", "rev_capture"]].isna().all().all()


def test_few_buyers_have_values_but_no_interval(panel: Panel) -> None:
    y = np.zeros(len(panel))
    y[:12] = 1.0
    row = cell(cells(panel.with_labels(y)), "top 20 %")
    assert np.isfinite(row["capture"]) and np.isnan(row["capture_lo"])
    assert row["note"].startswith("insufficient")


def test_without_reps_those_cells_say_so(panel: Panel) -> None:
    rows = panel.rows.assign(rep=None)
    table = cells(Panel(panel.target, rows, panel.X, panel.specs, panel.provenance))
    left = table[table["kind"] == "per_rep"]
    assert left["note"].eq("the log names no rep").all()
    assert left[["size", "capture", "rank"]].isna().all().all()
    assert table[table["kind"] == "top_percent"]["rank"].notna().all()


def test_a_population_nobody_belongs_to_is_left_out(panel: Panel) -> None:
    rows = panel.rows.assign(is_owner=True)
    table = cells(Panel(panel.target, rows, panel.X, panel.specs, panel.provenance))
    assert set(table["population"]) == {"all"}


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ([100.0, 100.0], [14.0, 6.0]),
        ([5.0, 195.0], [5.0, 15.0]),  # what warm cannot fill, cold does
        ([198.0, 2.0], [18.0, 2.0]),
    ],
)
def test_a_hybrid_fills_its_seats(totals: list[float], expected: list[float]) -> None:
    rule = Scenario("hybrid", 10, {"warm": 0.7, "cold": 0.3})
    for levels in (["warm", "cold"], ["cold", "warm"]):
        flip = 1 if levels[0] == "warm" else -1
        found = rule.quota(np.array(totals[::flip])[:, None], levels)[:, 0]
        assert found.tolist() == expected[::flip]


def test_a_level_without_a_share_gets_what_is_left_over() -> None:
    rule = Scenario("hybrid", 50, {"warm": 1.0})
    assert rule.quota(np.array([[2.0], [18.0]]), ["warm", "prospect"])[:, 0].tolist() == [2, 8]


@pytest.mark.parametrize(
    "bad",
    [
        {"top_pct": [0]},
        {"accounts_per_rep": [0]},
        {"hybrid_shares": [{"warm": 0.7}]},
        {"hybrid_shares": [{"warm": 1.5, "cold": -0.5}]},
    ],
)
def test_malformed_scenarios_are_refused(bad: dict) -> None:
    with pytest.raises(ConfigError, match="scenario is malformed"):
        ScenarioGrid(**bad)


@pytest.mark.parametrize("bad", [{"populations": ["everyone"]}, {"cal_mae_max": -1}])
def test_a_malformed_grid_is_refused(bad: dict) -> None:
    with pytest.raises(ConfigError, match="scenario grid is malformed"):
        ScenarioGrid(**bad)
