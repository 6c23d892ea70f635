"""Figures of a frozen version's future say whom, when, how many and how sure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.support.small_panel import small_panel

from gosales.core.timeline import Cutoff
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.drift import DriftWatch
from gosales.evaluation.prequential import prequential
from gosales.evaluation.scenario_grid import ScenarioGrid
from gosales.evaluation.segment_table import SegmentTable
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.reporting.figures.canvas import Canvas
from gosales.reporting.figures.drift_figure import drift_figure
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.finding_figure import finding_figure
from gosales.reporting.figures.prequential_figure import prequential_figure
from gosales.reporting.figures.scenario_figure import scenario_figure
from gosales.reporting.figures.segment_figure import segment_figure
from gosales.reporting.scenario_rows import SCENARIO_COLUMNS, scenario_rows

ABOUT = FigureAbout("Printers", "2024-12-31", "forward")
BOOTSTRAP = CustomerBootstrap(replicates=40)
LIMITS = (0.1, 0.25)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    months = small_panel(n=300, cutoffs=("2024-11-30", "2024-12-31"))
    panel = months.at([Cutoff.parse("2024-12-31")])

    def p(rows: Any) -> np.ndarray:
        return 1 / (1 + np.exp(1.5 - rows.X.iloc[:, 0].to_numpy()))

    levels = pd.DataFrame({"region": np.where(np.arange(300) % 20, "west", "east")})
    watch, grid = DriftWatch(), ScenarioGrid(populations=["all"])
    drift = [watch.scores(p(panel), p(panel)), watch.features(panel.specs, panel.X, panel.X + 2)]
    return {
        "months": prequential(months, p(months), Cutoff.parse("2024-09-30"), BOOTSTRAP).months,
        "grid": grid.table(panel, p(panel), np.full(300, 9.0), BOOTSTRAP),
        "segments": SegmentTable(attributes=["region"]).table(panel, p(panel), levels, BOOTSTRAP),
        "drift": pd.concat(drift, ignore_index=True),
    }


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    kept: list[Any] = []
    save = Canvas.save

    def spy(self: Canvas, path: Any) -> Any:
        kept.append(self.figure)
        return save(self, path)

    monkeypatch.setattr(Canvas, "save", spy)
    return kept


def words(figure: Any) -> str:
    return " ".join(t.get_text() for t in figure.texts)


def draw(tables: dict[str, pd.DataFrame], about: FigureAbout, folder: Any) -> None:
    prequential_figure(tables["months"], about, folder / "p.png")
    scenario_figure(tables["grid"], about, folder / "s.png")
    segment_figure(tables["segments"], about, folder / "g.png")
    drift_figure(tables["drift"], LIMITS, about, folder / "d.png")


def test_each_tells_population_split_n_and_interval_and_stays_on_its_page(
    tables: dict[str, pd.DataFrame], tmp_path: Any, drawn: list[Any]
) -> None:
    draw(tables, replace(ABOUT, name="Additive Manufacturing of the Northern Region"), tmp_path)
    assert len(drawn) == 4
    for figure in drawn:
        text = words(figure)
        assert "Population: " in text and "Split: " in text and "Reading: " in text
        assert "interval" in text and ("n = " in text or "n per month" in text or "n at" in text)
        for piece in figure.texts:
            box = piece.get_window_extent()
            assert figure.bbox.x0 - 1 <= box.x0 and box.x1 <= figure.bbox.x1 + 1


def test_months_stand_in_order_with_their_distance(
    tables: dict[str, pd.DataFrame], tmp_path: Any, drawn: list[Any]
) -> None:
    prequential_figure(tables["months"], ABOUT, tmp_path / "p.png")
    axes = drawn[0].axes
    assert [a.get_title() for a in axes] == [
        "AUC (higher is better)", "Lift@10 % (higher is better)", "Brier score (lower is better)",
    ]  # fmt: skip
    ticks = [t.get_text() for t in axes[0].get_xticklabels()]
    assert ticks == ["2024-11-30\n+2.0 m", "2024-12-31\n+3.0 m"]


def test_a_check_of_the_horizon_is_drawn_as_one(
    tables: dict[str, pd.DataFrame], tmp_path: Any, drawn: list[Any]
) -> None:
    months = tables["months"]
    rows = months.astype(object).where(months.notna(), None).to_dict("records")
    figure = {"kind": "horizon", "title": "months", "rows": rows}
    found = Finding("prequential", Subject.QUALITY, Outcome.PASS, "all well", figure=figure)
    assert finding_figure(found, ABOUT, tmp_path / "f.png") is not None
    assert "Reading: PASS: all well." in words(drawn[0])
    bare = replace(found, figure={**figure, "rows": []})
    finding_figure(bare, ABOUT, tmp_path / "none.png")
    assert "what prequential measured" in words(drawn[1])


def test_what_was_not_measured_is_not_drawn(tables: dict[str, pd.DataFrame], tmp_path: Any) -> None:
    nothing = {"value": np.nan, "lo": np.nan, "hi": np.nan}
    assert prequential_figure(tables["months"].assign(**nothing), ABOUT, tmp_path / "a") is None
    assert segment_figure(tables["segments"].assign(**nothing), ABOUT, tmp_path / "b") is None
    assert segment_figure(pd.DataFrame(), ABOUT, tmp_path / "b") is None
    assert drift_figure(tables["drift"].assign(psi=np.nan), LIMITS, ABOUT, tmp_path / "c") is None
    blank = tables["grid"].assign(size=np.nan)
    assert scenario_figure(blank, ABOUT, tmp_path / "d") is None
    assert list(tmp_path.iterdir()) == []


def test_points_without_interval_are_hollow(
    tables: dict[str, pd.DataFrame], tmp_path: Any, drawn: list[Any]
) -> None:
    segment_figure(tables["segments"], ABOUT, tmp_path / "g.png")
    faces = [x.get_markerfacecolor() for x in drawn[0].axes[0].lines if x.get_marker() == "o"]
    assert faces.count("white") == 1  # one account in twenty is in the east
    assert "1 of 3 segments have too few buyers" in words(drawn[0])


def test_scenario_lines_hold_every_interval(tables: dict[str, pd.DataFrame]) -> None:
    rows = scenario_rows(tables["grid"], "all")
    assert all(len(row) == len(SCENARIO_COLUMNS) for row in rows)
    assert all("[" in cell for cell in rows[0][3:])
    bare = tables["grid"].assign(precision_lo=np.nan, realised_gp=np.nan)
    assert scenario_rows(bare, "all")[0][5].endswith("(insufficient)")
    assert scenario_rows(bare, "all")[0][3] == "n/a"
    assert scenario_rows(pd.DataFrame(), "all") == ()
