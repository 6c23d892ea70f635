"""Figures are drawn, say where their numbers come from, and never lie about what is missing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.support.card_case import card_facts, curves, finding, permutation, single_feature

from gosales.reporting.figures.calibration_figure import calibration_figure
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.finding_figure import finding_figure
from gosales.reporting.figures.gains_figure import gains_figure
from gosales.reporting.figures.metric_forest import metric_forest

ABOUT = FigureAbout("Printers", "2024-12-31", "forward")
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def tables():
    return curves()


def words(figure):
    return " ".join(t.get_text() for t in figure.texts)


def test_calibration_tells_population_split_n_and_interval(tables, tmp_path, drawn):
    path = calibration_figure(tables.calibration, ABOUT, tmp_path / "a" / "c.png", "whitespace")
    assert path.read_bytes().startswith(PNG)
    text = words(drawn[0])
    n = round(tables.calibration.query("population == 'whitespace'")["mass"].sum())
    for part in (
        "Printers: calibration",
        "Population: whitespace customers",
        "Split: forward months after 2024-12-31",
        f"n = {n:,} rows",
        "95 % Wilson interval",
        "Reading: ",
    ):
        assert part in text


def test_calibration_draws_every_bin_where_it_lies(tables, tmp_path, drawn):
    calibration_figure(tables.calibration, ABOUT, tmp_path / "c.png")
    bins = tables.calibration.query("population == 'all'")
    curve = drawn[0].axes[0].containers[0].lines[0]
    assert np.allclose(curve.get_xdata(), bins["mean_p"])
    assert np.allclose(curve.get_ydata(), bins["rate"])
    ticks = [t.get_text() for t in drawn[0].axes[1].get_xticklabels()]
    first = bins.iloc[0]
    assert ticks[0] == f"1\n{first['mass'] * first['rate']:,.0f}\nof {first['mass']:,.0f}"


def test_a_population_without_bins_has_no_figure(tables, tmp_path):
    empty = tables.calibration.iloc[:0]
    assert calibration_figure(empty, ABOUT, tmp_path / "c.png") is None
    assert list(tmp_path.iterdir()) == []


def test_gains_show_model_naive_and_chance_in_each_population(tables, tmp_path, drawn):
    gains_figure(tables.gains, ABOUT, tmp_path / "g.png")
    axes = drawn[0].axes
    assert [a.get_title().split(":")[0] for a in axes] == [
        "all customers", "existing owners", "whitespace customers",
    ]  # fmt: skip
    for panel in axes:
        labels = {line.get_label() for line in panel.lines}
        assert {"model", "naive rank", "chance"} <= labels
    at = tables.gains.query("population == 'whitespace' and ranker == 'model' and top_pct == 10")
    assert f"holds {100 * at['capture'].iloc[0]:.0f} % [" in words(drawn[0]).replace("\n", " ")


def test_gains_without_bounds_say_so(tables, tmp_path, drawn):
    bare = tables.gains.assign(capture_lo=np.nan, capture_hi=np.nan)
    gains_figure(bare, ABOUT, tmp_path / "g.png")
    assert "No interval: few buyers" in words(drawn[0])
    assert "(no interval: few buyers)" in words(drawn[0])


def test_gains_leave_out_an_empty_population(tables, tmp_path, drawn):
    part = tables.gains[tables.gains["population"] != "owners"]
    gains_figure(part, ABOUT, tmp_path / "g.png")
    assert len(drawn[0].axes) == 2
    assert gains_figure(tables.gains.iloc[:0], ABOUT, tmp_path / "none.png") is None


def test_the_forest_marks_points_without_interval_hollow(tmp_path, drawn):
    few = card_facts(n=120).metrics
    metric_forest(few, ABOUT, tmp_path / "f.png")
    faces = [x.get_markerfacecolor() for x in drawn[0].axes[0].lines if len(x.get_xdata()) == 1]
    bounded = few.query("metric == 'auc'")["lo"].notna().sum()
    assert faces.count("white") == len(faces) - bounded > 0


def test_the_forest_names_every_row(tmp_path, drawn):
    facts = card_facts()
    metric_forest(facts.metrics, ABOUT, tmp_path / "f.png")
    labels = [t.get_text() for t in drawn[0].axes[0].get_yticklabels()]
    assert labels[0].startswith("forward: all customers\nn = 1,200, ")
    assert len(labels) == 6
    none = facts.metrics[facts.metrics["metric"] == "brier"]
    assert metric_forest(none, ABOUT, tmp_path / "none.png") is None


def test_the_permutation_histogram_has_every_draw_and_the_candidate(tmp_path, drawn):
    found = permutation()
    assert finding_figure(found, ABOUT, tmp_path / "p.png")
    axes = drawn[0].axes[0]
    bars = [p for p in axes.patches if not p.get_label().startswith("mean of the draws")]
    assert sum(bar.get_height() for bar in bars) == 99
    assert axes.lines[0].get_xdata()[0] == 0.781
    assert "PASS: p = 0.01 over 99 draws" in words(drawn[0])
    assert "n: 900 rows, 212 positive accounts, 99 draws." in words(drawn[0])
    assert "Interval: mean of the draws 0.502 [0.498, 0.506]." in words(drawn[0])
    (band,) = (p for p in axes.patches if p.get_label().startswith("mean of the draws"))
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((0.498, 0.506))


def test_bars_of_an_auc_start_at_chance(tmp_path, drawn):
    finding_figure(single_feature(), ABOUT, tmp_path / "b.png")
    axes = drawn[0].axes[0]
    bars = axes.containers[0].patches
    assert {bar.get_x() for bar in bars} == {0.5}
    assert bars[0].get_width() == pytest.approx(0.213)
    assert len(bars) == 15
    assert "The first 15 of 18 are shown" in words(drawn[0]).replace("\n", " ")


def test_bars_stand_in_the_order_and_with_the_intervals_the_check_gave(tmp_path, drawn):
    figure = {
        "kind": "bars",
        "title": "AUC by days",
        "split": "forward rows",
        "order": ["late", "early"],
        "series": {"early": 0.8, "late": 0.7},
        "bounds": {"early": [0.72, 0.85], "late": [0.6, 0.8]},
        "interval": "95 % (Hanley & McNeil)",
    }
    finding_figure(finding("x", figure=figure), ABOUT, tmp_path / "b.png")
    axes = drawn[0].axes[0]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["late", "early"]
    lines = axes.collections[0].get_segments()
    assert [(s[0][0], s[1][0]) for s in lines] == [(0.6, 0.8), (0.72, 0.85)]
    said = words(drawn[0]).replace("\n", " ")
    assert "Split: forward rows." in said and "Interval: 95 % (Hanley & McNeil)." in said
    assert "without a line" not in said
    part = {**figure, "bounds": {"early": [0.72, 0.85]}}
    finding_figure(finding("x", figure=part), ABOUT, tmp_path / "c.png")
    assert "A bar without a line has none." in words(drawn[1]).replace("\n", " ")


def test_bars_of_other_values_start_at_zero(tmp_path, drawn):
    figure = {"kind": "bars", "title": "z per level", "series": {"a": -3.0, "b": 4.0}}
    finding_figure(finding("x", figure=figure), ABOUT, tmp_path / "b.png")
    assert [b.get_width() for b in drawn[0].axes[0].containers[0].patches] == [-3.0, 4.0]


@pytest.mark.parametrize(
    "figure",
    [
        None,
        {"kind": "hologram", "title": "", "series": {}},
        {"kind": "bars", "title": "t", "series": {}},
        {"kind": "course", "title": "t", "height": "share", "lines": []},
        {"kind": "histogram", "title": "t", "series": {"null": [], "candidate": 0.5}},
    ],
)
def test_what_cannot_be_drawn_is_shown_by_the_numbers_of_the_check(tmp_path, drawn, figure):
    measured = {"rows": 1200, "auc": 0.71234, "by_child": True, "note": "text"}
    found = finding("x", figure=figure, values=measured)
    assert finding_figure(found, ABOUT, tmp_path / "x.png").read_bytes().startswith(PNG)
    said = words(drawn[0])
    assert "what x measured" in said and " rows 1,200 auc 0.712" in said
    assert "by child" not in said and "note" not in said


def test_a_check_that_tells_no_source_is_not_given_one(tmp_path, drawn):
    figure = {"kind": "bars", "title": "z per level", "series": {"a": 1.0}}
    finding_figure(finding("x", figure=figure), ABOUT, tmp_path / "b.png")
    untold = "Population: {0}. Split: {0}. n: {0}. No interval: {0}."
    said = words(drawn[0]).replace("\n", " ")
    assert untold.format("not told by the check") in said


def test_offences_are_counted_worst_first_and_set_off(tmp_path, drawn):
    rows = [[f"fold {k}", [100 + k, 2 if k == 17 else 0]] for k in range(18)]
    figure = {"kind": "counts", "title": "t", "head": ["rows", "overlaps"], "rows": rows}
    finding_figure(finding("x", figure={**figure, "offences": True}), ABOUT, tmp_path / "c.png")
    page = drawn[0]
    assert "The first 15 of 18 are shown" in words(page).replace("\n", " ")
    bold = [t.get_text() for t in page.texts[1:] if t.get_fontweight() == "bold"]
    assert bold == ["2"]
    labels = [t.get_text() for t in page.texts if t.get_text().startswith("fold ")]
    assert (labels[0], len(labels)) == ("fold 17", 15)


def test_a_course_has_every_point_with_its_ends_and_near_limits_only(tmp_path, drawn):
    points = [
        {"cutoff": "2024-03-31", "value": 0.02, "lo": 0.01, "hi": 0.04},
        {"cutoff": "2024-06-30", "value": 0.03, "lo": 0.02, "hi": 0.05},
    ]
    figure = {
        "kind": "course", "title": "rates", "height": "share",
        "lines": [{"name": "training rows", "points": points}],
        "limits": [["lowest", 0.002], ["highest", 0.5]],
    }  # fmt: skip
    finding_figure(finding("x", figure=figure), ABOUT, tmp_path / "c.png")
    axes = drawn[0].axes[0]
    (bars,) = axes.containers
    assert list(bars.lines[0].get_ydata()) == [0.02, 0.03]
    ends = [segment[:, 1].tolist() for segment in bars.lines[2][0].get_segments()]
    assert ends == [pytest.approx([0.01, 0.04]), pytest.approx([0.02, 0.05])]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["2024-03-31", "2024-06-30"]
    assert [line.get_label() for line in axes.lines if line.get_linestyle() == ":"] == ["lowest"]
    assert "Above the picture: highest 50%." in words(drawn[0])


def test_a_dollar_in_a_name_starts_no_formula(tables, tmp_path, drawn):
    about = replace(ABOUT, name=r"Cash $\frac{ & $5")
    calibration_figure(tables.calibration, about, tmp_path / "c.png")
    assert r"\$" in words(drawn[0])


def test_equal_figures_have_equal_bytes(tables, tmp_path):
    one = gains_figure(tables.gains, ABOUT, tmp_path / "1.png").read_bytes()
    assert one == gains_figure(tables.gains, ABOUT, tmp_path / "2.png").read_bytes()


def test_no_words_leave_the_page(tables, tmp_path, drawn):
    long = replace(ABOUT, name="Additive Manufacturing and Post Processing of the Northern Region")
    calibration_figure(tables.calibration, long, tmp_path / "c.png")
    gains_figure(tables.gains, long, tmp_path / "g.png")
    metric_forest(card_facts().metrics, long, tmp_path / "f.png")
    finding_figure(single_feature(), long, tmp_path / "s.png")
    finding_figure(permutation(), long, tmp_path / "p.png")
    for figure in drawn:
        page = figure.bbox
        for text in (*figure.texts, *(t for a in figure.axes for t in visible(a))):
            box = text.get_window_extent()
            assert box.x0 >= page.x0 - 1, text
            assert box.x1 <= page.x1 + 1, text
            assert box.y0 >= page.y0 - 1, text


def visible(axes):
    """Labels of axes and of the ticks inside their limits."""
    yield from (t for t in (axes.xaxis.label, axes.yaxis.label, axes.title) if t.get_text())
    for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        for place, text in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True):
            if min(limits) <= place <= max(limits) and text.get_text():
                yield text


def test_a_frame_without_naive_rank_still_has_a_reading(tables, tmp_path, drawn):
    only = tables.gains[tables.gains["ranker"] == "model"]
    gains_figure(only, ABOUT, tmp_path / "g.png")
    assert "finds more buyers than chance" in words(drawn[0])
    assert isinstance(only, pd.DataFrame)


def test_differences_have_their_intervals_and_their_limit(tmp_path, drawn):
    points = [
        {"label": "7 d earlier", "value": 0.01, "lo": -0.01, "hi": 0.03},
        {"label": "14 d earlier", "value": -0.02, "lo": None, "hi": None},
    ]
    unknown = [{"label": p["label"], "value": None, "lo": None, "hi": None} for p in points]
    panels = [
        {"name": "change of auc", "limit": 0.01, "points": points},
        {"name": "change of lift", "points": unknown},
    ]
    figure = {"kind": "differences", "title": "Shifts", "interval": "95 %"}
    finding_figure(finding("x", figure={**figure, "panels": panels}), ABOUT, tmp_path / "d.png")
    (axes,) = drawn[0].axes
    spans = [line.get_xdata() for line in axes.lines]
    assert [list(s) for s in spans if len(s) == 2 and s[0] != s[1]] == [[-0.01, 0.03]]
    faces = [line.get_markerfacecolor() for line in axes.lines if line.get_marker() == "o"]
    assert faces[0] != "white" and faces[1] == "white"
    assert [t.get_text() for t in axes.get_yticklabels()] == ["7 d earlier", "14 d earlier"]
    said = words(drawn[0]).replace("\n", " ")
    assert "Interval: 95 %. Hollow: no interval. Dotted: the limit." in said
    nothing = {**figure, "panels": panels[1:]}
    finding_figure(finding("x", figure=nothing), ABOUT, tmp_path / "n.png")
    assert "what x measured" in words(drawn[1])
