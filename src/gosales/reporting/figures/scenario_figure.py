"""What each way to spend the team's calls would have brought."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gosales.reporting.figures.canvas import INK, MODEL_COLOUR, Canvas
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.population_label import population_label

_TITLES = {
    "realised_gp": "gross profit of the list",
    "rev_capture": "share of all gross profit",
    "precision": "buyers among those listed",
    "capture": "share of all buyers",
}
_ORDERS = {"expected_gp": "expected gross profit", "capture": "capture"}


def scenario_figure(table: pd.DataFrame, about: FigureAbout, path: Path) -> Path | None:
    """Draw every scenario of one population with its intervals, the best at the top.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `ScenarioGrid.table` of one population.
    about : FigureAbout
        Division and split.
    path : pathlib.Path
        PNG to write.

    Returns
    -------
    pathlib.Path or None
        None when nothing was measured.
    """
    rows = table[table["size"].notna()]
    measures = [m for m in _TITLES if len(rows) and rows[m].notna().any()]
    if not measures:
        return None
    first = rows.iloc[0]
    order = _ORDERS[str(first["ranked_by"])]
    canvas = Canvas(
        f"{about.name}: what each list would have brought",
        f"Population: {population_label(str(first['population']))}. Split: {about.where}. "
        f"n = {first['n']:,.0f}, {first['n_pos_accounts']:,.0f} positive accounts. Lines: "
        f"{about.interval('account bootstrap')}; hollow: none. Order: {order}.",
        f"Reading: calibration error {first['cal_mae']:.3f}, so lists are ordered by {order}. "
        "A larger list finds more buyers and more money, and fewer buyers per call.",
        panels=len(measures),
        size=(3.2 + 2.2 * len(measures), 2.2 + 0.34 * len(rows)),
        left=2.6,
    )
    for axes, measure in zip(canvas.axes, measures, strict=True):
        _panel(axes, rows, measure)
        axes.set_yticks(range(len(rows)), [""] * len(rows))
    names = [f"{r['scenario']}  ({r['size']:,.0f})" for r in rows.to_dict("records")]
    canvas.axes[0].set_yticks(range(len(rows)), names, fontsize=8)
    return canvas.save(path)


def _panel(axes: Any, rows: pd.DataFrame, measure: str) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    for y, row in enumerate(rows.to_dict("records")):
        if not np.isfinite(row[measure]):
            continue
        bounded = bool(np.isfinite(row[f"{measure}_lo"]))
        if bounded:
            ends = [row[f"{measure}_lo"], row[f"{measure}_hi"]]
            axes.plot(ends, [y, y], color=MODEL_COLOUR, linewidth=1.6)
        face = MODEL_COLOUR if bounded else "white"
        axes.plot(row[measure], y, marker="o", markersize=5, color=MODEL_COLOUR,
                  markerfacecolor=face)  # fmt: skip
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_title(_TITLES[measure], fontsize=9, color=INK)
    axes.set_xlim(left=min(0.0, float(np.nanmin(rows[[measure, f"{measure}_lo"]].to_numpy()))))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    if measure == "realised_gp":
        axes.xaxis.set_major_formatter(lambda v, _: f"{v / 1000:,.0f}k")
    else:
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
