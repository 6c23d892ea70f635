"""Gains: how many buyers the top of the list finds, model against naive rank and chance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from gosales.evaluation.panel_samples import MODEL, NAIVE, POPULATIONS
from gosales.reporting.figures.canvas import MODEL_COLOUR, NAIVE_COLOUR, QUIET_COLOUR, Canvas
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.population_label import population_label

_MARK_PCT = 10


def gains_figure(gains: pd.DataFrame, about: FigureAbout, path: Path) -> Path | None:
    """Draw one panel per population.

    Parameters
    ----------
    gains : pandas.DataFrame
        ``Curves.gains``.
    about : FigureAbout
        Division and split.
    path : pathlib.Path
        PNG to write.

    Returns
    -------
    pathlib.Path or None
        None when there is nothing to draw.
    """
    present = [
        p for p in POPULATIONS if gains.loc[gains["population"] == p, "capture"].notna().any()
    ]
    if not present:
        return None
    bounded = gains["capture_lo"].notna().any()
    band = f"Band: {about.interval('account bootstrap')}" if bounded else "No interval: few buyers"
    canvas = Canvas(
        f"{about.name}: buyers found in the top of the list",
        f"Populations: {', '.join(population_label(p) for p in present)}. Split: {about.where}. "
        f"n above each panel. {band}.",
        _reading(gains, present),
        panels=len(present),
        size=(max(6.0, 4.1 * len(present)), 5.2),
    )
    for axes, population in zip(canvas.axes, present, strict=True):
        _panel(axes, gains[gains["population"] == population], population)
    canvas.axes[0].set_ylabel("share of all buyers found", fontsize=9)
    canvas.axes[0].legend(frameon=False, fontsize=8.5, loc="lower right")
    return canvas.save(path)


def _panel(axes: Any, table: pd.DataFrame, population: str) -> None:
    from matplotlib.ticker import PercentFormatter

    axes.plot([0, 100], [0, 100], color=QUIET_COLOUR, linestyle=":", linewidth=1.2, label="chance")
    for ranker, colour, style in ((NAIVE, NAIVE_COLOUR, "--"), (MODEL, MODEL_COLOUR, "-")):
        line = table[table["ranker"] == ranker]
        x = [0.0, *line["top_pct"]]
        label = "model" if ranker == MODEL else "naive rank"
        axes.plot(x, [0, *(100 * line["capture"])], color=colour, linestyle=style, label=label)
        if ranker == MODEL:
            lo, hi = ([0, *(100 * line[c])] for c in ("capture_lo", "capture_hi"))
            axes.fill_between(x, lo, hi, color=colour, alpha=0.15, linewidth=0)
    axes.axvline(_MARK_PCT, color=QUIET_COLOUR, linewidth=0.7)
    axes.set(xlim=(0, 100), ylim=(0, 100.5))
    axes.set_xlabel("top of the list", fontsize=9)
    n, positives = _sizes(table)
    axes.set_title(
        f"{population_label(population)}: n = {n:,.0f}, {positives:,.0f} positive", fontsize=9
    )
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(100.0, decimals=0))


def _sizes(table: pd.DataFrame) -> tuple[float, float]:
    whole = table[(table["ranker"] == MODEL) & (table["top_pct"] == 100)].iloc[0]
    return float(whole["k"]), float(whole["k"] * whole["precision"])


def _reading(gains: pd.DataFrame, present: list[str]) -> str:
    population = "whitespace" if "whitespace" in present else present[0]
    cells = gains[(gains["population"] == population) & (gains["top_pct"] == _MARK_PCT)]
    found = {str(r["ranker"]): r for r in cells.to_dict("records")}
    if MODEL not in found or NAIVE not in found:
        return "Reading: a line above the dotted one finds more buyers than chance."
    m = found[MODEL]
    bounds = (
        f" [{100 * m['capture_lo']:.0f}, {100 * m['capture_hi']:.0f}]"
        if pd.notna(m["capture_lo"])
        else " (no interval: few buyers)"
    )
    return (
        f"Reading: the top {_MARK_PCT} % of {population_label(population)} holds "
        f"{100 * m['capture']:.0f} %{bounds} of their buyers by the model, "
        f"{100 * found[NAIVE]['capture']:.0f} % by the naive rank, {_MARK_PCT} % by chance."
    )
