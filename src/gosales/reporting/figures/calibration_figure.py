"""Calibration: promised against realised, with bins and counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gosales.reporting.figures.canvas import MODEL_COLOUR, NAIVE_COLOUR, QUIET_COLOUR, Canvas
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.population_label import population_label


def calibration_figure(
    calibration: pd.DataFrame, about: FigureAbout, path: Path, population: str = "all"
) -> Path | None:
    """Draw the reliability curve and, beside it, each bin with its counts.

    Parameters
    ----------
    calibration : pandas.DataFrame
        ``Curves.calibration``.
    about : FigureAbout
        Division and split.
    path : pathlib.Path
        PNG to write.
    population : {"all", "owners", "whitespace"}, default "all"
        Which rows.

    Returns
    -------
    pathlib.Path or None
        None when the population has no bins.
    """
    bins = calibration[calibration["population"] == population]
    if bins.empty:
        return None
    n, positives = float(bins["mass"].sum()), float((bins["mass"] * bins["rate"]).sum())
    canvas = Canvas(
        f"{about.name}: calibration",
        f"Population: {population_label(population)}. Split: {about.where}. n = {n:,.0f} rows, "
        f"{positives:,.0f} positive, {len(bins)} bins of equal mass. "
        f"Bars: {about.interval('Wilson')}.",
        _reading(bins, n),
        panels=2,
        size=(11.0, 5.2),
        below=0.8,
    )
    _curve(canvas.axes[0], bins)
    _by_bin(canvas.axes[1], bins)
    return canvas.save(path)


def _curve(axes: Any, bins: pd.DataFrame) -> None:
    top = 1.08 * float(np.nanmax([bins["mean_p"].max(), bins["hi"].max()]))
    axes.plot(
        [0, top], [0, top], color=QUIET_COLOUR, linestyle="--", linewidth=1.0, label="perfect"
    )
    axes.errorbar(bins["mean_p"], bins["rate"], yerr=_whiskers(bins), label="model", **_POINT)
    axes.legend(frameon=False, fontsize=8.5, loc="upper left")
    axes.set(xlim=(0, top), ylim=(0, top))
    axes.set_xlabel("promised: mean probability of the bin", fontsize=9)
    axes.set_ylabel("realised: share that bought", fontsize=9)
    _percent(axes.xaxis, top)
    _percent(axes.yaxis, top)


def _by_bin(axes: Any, bins: pd.DataFrame) -> None:
    x = np.arange(len(bins))
    axes.bar(x, bins["rate"], width=0.62, color=MODEL_COLOUR, alpha=0.25, label="realised")
    axes.errorbar(x, bins["rate"], yerr=_whiskers(bins), **{**_POINT, "linestyle": "none"})
    axes.plot(x, bins["mean_p"], color=NAIVE_COLOUR, marker="D", linestyle="none", label="promised")
    counts = bins["mass"] * bins["rate"]
    labels = [
        f"{b:.0f}\n{k:,.0f}\nof {m:,.0f}"
        for b, k, m in zip(bins["bin"], counts, bins["mass"], strict=True)
    ]
    axes.set_xticks(x, labels, fontsize=7.5)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("bin (lowest scores first), its buyers, its rows", fontsize=9)
    axes.legend(frameon=False, fontsize=8.5, loc="upper left")
    _percent(axes.yaxis, axes.get_ylim()[1])


_POINT: dict[str, Any] = {
    "color": MODEL_COLOUR,
    "marker": "o",
    "markersize": 4.5,
    "linewidth": 1.4,
    "capsize": 2.5,
    "elinewidth": 1.0,
}


def _whiskers(bins: pd.DataFrame) -> np.ndarray:
    below, above = bins["rate"] - bins["lo"], bins["hi"] - bins["rate"]
    out: np.ndarray = np.clip(np.vstack([below, above]), 0.0, None)
    return out


def _percent(axis: Any, top: float) -> None:
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1.0, decimals=0 if top > 0.1 else 1))


def _reading(bins: pd.DataFrame, n: float) -> str:
    promised = float((bins["mass"] * bins["mean_p"]).sum()) / n
    came = float((bins["mass"] * bins["rate"]).sum()) / n
    held = int(((bins["lo"] <= bins["mean_p"]) & (bins["mean_p"] <= bins["hi"])).sum())
    return (
        f"Reading: {100 * promised:.1f} % were promised on average and {100 * came:.1f} % bought; "
        f"in {held} of {len(bins)} bins the interval holds the promise."
    )
