"""A frozen model month by month: AUC, lift and Brier score against the horizon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gosales.reporting.figures.canvas import MODEL_COLOUR, QUIET_COLOUR, Canvas
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.metric_label import better_when, metric_label

_CHANCE = {"auc": 0.5, "lift": 1.0}
_DAYS_A_MONTH = 365.25 / 12


def prequential_figure(
    months: pd.DataFrame, about: FigureAbout, path: Path, reading: str = ""
) -> Path | None:
    """Draw one panel per metric, the months from left to right.

    Parameters
    ----------
    months : pandas.DataFrame
        ``Prequential.months``.
    about : FigureAbout
        Division and cutoff.
    path : pathlib.Path
        PNG to write.
    reading : str, optional
        What was found; else how to read it.

    Returns
    -------
    pathlib.Path or None
        None when nothing was measured in any month.
    """
    known = months[months["value"].notna()]
    if known.empty:
        return None
    metrics = list(dict.fromkeys(known["metric"]))
    by_month = months.groupby("cutoff", sort=True)
    n, buyers = by_month["n"].first(), by_month["n_pos_accounts"].first()
    canvas = Canvas(
        f"{about.name}: the frozen model month by month",
        "Population: all customers on the roster. Split: forward, each month after every training "
        f"label and its purge. n per month: {n.min():,.0f}–{n.max():,.0f} rows, "
        f"{buyers.min():,.0f}–{buyers.max():,.0f} positive accounts. Band: "
        f"{about.interval('account bootstrap')}; hollow: too few buyers for one.",
        reading
        or "Reading: a line that stays or declines is an honest model growing old. Bands are of "
        "each month alone; months are compared account by account in prequential.json.",
        panels=len(metrics),
        size=(max(6.0, 3.9 * len(metrics)), 4.6),
        below=0.95,
    )
    for axes, metric in zip(canvas.axes, metrics, strict=True):
        _panel(axes, known[known["metric"] == metric], str(metric))
    return canvas.save(path)


def _panel(axes: Any, table: pd.DataFrame, metric: str) -> None:
    at = np.arange(len(table))
    value, lo, hi = (table[c].to_numpy(dtype="float64") for c in ("value", "lo", "hi"))
    axes.plot(at, value, color=MODEL_COLOUR, linewidth=1.4)
    axes.fill_between(at, lo, hi, color=MODEL_COLOUR, alpha=0.15, linewidth=0)
    bounded = np.isfinite(lo) & np.isfinite(hi)
    axes.errorbar(
        at[bounded], value[bounded],
        yerr=[value[bounded] - lo[bounded], hi[bounded] - value[bounded]],
        fmt="none", ecolor=MODEL_COLOUR, elinewidth=1.0, alpha=0.6,
    )  # fmt: skip
    for inside, face in ((bounded, MODEL_COLOUR), (~bounded, "white")):
        axes.plot(
            at[inside], value[inside], linestyle="none", marker="o", markersize=5,
            color=MODEL_COLOUR, markerfacecolor=face,
        )  # fmt: skip
    chance = next((v for stem, v in _CHANCE.items() if metric.startswith(stem)), None)
    if chance is not None:
        axes.axhline(chance, color=QUIET_COLOUR, linestyle="--", linewidth=1.0)
    axes.set_title(f"{metric_label(metric)} ({better_when(metric)} is better)", fontsize=9)
    ahead = table["days_ahead"].to_numpy(dtype="float64") / _DAYS_A_MONTH
    labels = [f"{c}\n+{m:.1f} m" for c, m in zip(table["cutoff"], ahead, strict=True)]
    every = max(1, -(-len(labels) // 4))
    axes.set_xticks(at[::every], labels[::every], fontsize=7.5)
    axes.set_xlim(-0.4, len(at) - 0.6)
    axes.set_xlabel("cutoff, and months since the last training label", fontsize=8.5)
