"""Metric intervals: model beside naive rank, per split and population."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gosales.evaluation.panel_samples import MODEL, NAIVE, POPULATIONS
from gosales.reporting.figures.canvas import MODEL_COLOUR, NAIVE_COLOUR, QUIET_COLOUR, Canvas
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.metric_label import metric_label
from gosales.reporting.population_label import population_label
from gosales.reporting.split_metrics import SPLITS

_METRICS = ("auc", "lift_at_10pct", "capture_at_10pct")
_CHANCE = {"auc": 0.5, "lift_at_10pct": 1.0, "capture_at_10pct": 0.1}
_SHORT = {"forward": "forward", "cv": "CV out of fold"}


def metric_forest(metrics: pd.DataFrame, about: FigureAbout, path: Path) -> Path | None:
    """Draw AUC, lift and capture with their intervals.

    Parameters
    ----------
    metrics : pandas.DataFrame
        From `split_metrics`.
    about : FigureAbout
        Division and cutoff; the splits are those of the table.
    path : pathlib.Path
        PNG to write.

    Returns
    -------
    pathlib.Path or None
        None when none of the three was measured.
    """
    shown = [m for m in _METRICS if metrics.loc[metrics["metric"] == m, "value"].notna().any()]
    if not shown:
        return None
    places = [
        (s, p) for s in SPLITS for p in POPULATIONS
        if len(metrics[(metrics["split"] == s) & (metrics["population"] == p)])
    ]  # fmt: skip
    canvas = Canvas(
        f"{about.name}: metrics with intervals",
        "Population, split and n: at the left. Split forward: months after "
        f"{about.cutoff}. Lines: {about.interval('account bootstrap')}; hollow: too few buyers "
        "for an interval.",
        "Reading: right of the dashed line is better than chance; where the two lines of a pair "
        "overlap, neither rank is shown to be better.",
        panels=len(shown),
        size=(11.0, 2.1 + 0.5 * len(places)),
        left=2.6,
    )
    for axes, metric in zip(canvas.axes, shown, strict=True):
        _panel(axes, metrics[metrics["metric"] == metric], metric, places)
    canvas.axes[0].set_yticks(range(len(places)), [_label(metrics, *p) for p in places], fontsize=8)
    for axes in canvas.axes[1:]:
        axes.set_yticks(range(len(places)), [""] * len(places))
    handles, labels = canvas.axes[0].get_legend_handles_labels()
    canvas.figure.legend(handles, labels, frameon=False, fontsize=8.5, loc="upper right", ncols=2)
    return canvas.save(path)


def _panel(axes: Any, table: pd.DataFrame, metric: str, places: list[tuple[str, str]]) -> None:
    from matplotlib.ticker import PercentFormatter

    for ranker, colour, shift in ((MODEL, MODEL_COLOUR, -0.13), (NAIVE, NAIVE_COLOUR, 0.13)):
        label = "model" if ranker == MODEL else "naive rank"
        for y, (split, population) in enumerate(places):
            found = table[
                (table["split"] == split)
                & (table["population"] == population)
                & (table["ranker"] == ranker)
            ]
            if len(found) == 1 and np.isfinite(found.iloc[0]["value"]):
                _point(axes, found.iloc[0], y + shift, colour)
        axes.plot([], [], color=colour, marker="o", linestyle="-", label=label)
    axes.axvline(_CHANCE[metric], color=QUIET_COLOUR, linestyle="--", linewidth=1.0)
    axes.set_ylim(len(places) - 0.5, -0.5)
    axes.set_xlabel(metric_label(metric), fontsize=9)
    if metric.startswith("capture"):
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def _point(axes: Any, row: pd.Series, y: float, colour: str) -> None:
    bounded = bool(np.isfinite(row["lo"]) and np.isfinite(row["hi"]))
    if bounded:
        axes.plot([row["lo"], row["hi"]], [y, y], color=colour, linewidth=1.6)
    face = colour if bounded else "white"
    axes.plot(row["value"], y, marker="o", markersize=5, color=colour, markerfacecolor=face)


def _label(metrics: pd.DataFrame, split: str, population: str) -> str:
    row = metrics[(metrics["split"] == split) & (metrics["population"] == population)].iloc[0]
    return (
        f"{_SHORT.get(split, split)}: {population_label(population)}\n"
        f"n = {row['n']:,.0f}, {row['n_pos_accounts']:,.0f} positive accounts"
    )
