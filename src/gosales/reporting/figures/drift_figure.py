"""How far scores and features have moved since training."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gosales.reporting.figures.canvas import MODEL_COLOUR, NAIVE_COLOUR, QUIET_COLOUR, Canvas, shown
from gosales.reporting.figures.figure_about import FigureAbout

_MOST = 20
_LETTERS = 46
_COLOURS = {"ok": MODEL_COLOUR, "watch": NAIVE_COLOUR, "alert": "#b3261e"}


def drift_figure(
    table: pd.DataFrame, limits: tuple[float, float], about: FigureAbout, path: Path
) -> Path | None:
    """Draw the population stability index, score and money first, then the farthest features.

    Parameters
    ----------
    table : pandas.DataFrame
        From `DriftWatch`.
    limits : tuple of (float, float)
        From where on a row is watched, and alerted.
    about : FigureAbout
        Division and cutoff.
    path : pathlib.Path
        PNG to write.

    Returns
    -------
    pathlib.Path or None
        None when nothing was measured.
    """
    known = table[table["psi"].notna()]
    if known.empty:
        return None
    rows = known.head(_MOST)
    counts = known["status"].value_counts()
    canvas = Canvas(
        f"{about.name}: drift since training",
        f"Population: all customers on the roster. Split: rows at {about.cutoff} against training "
        f"rows (score: held out). n = {_span(rows['n_current'])} against "
        f"{_span(rows['n_reference'])}; money: the same rows, expected against realised. Point "
        f"values, no interval; dot: what chance alone shows. {len(rows)} of {len(known)} shown.",
        f"Reading: {counts.get('alert', 0)} alerts and {counts.get('watch', 0)} to watch among "
        f"{len(known)}; dashed: the limits {limits[0]:g} and {limits[1]:g}.",
        size=(9.0, 2.4 + 0.27 * len(rows)),
        left=3.9,
    )
    axes = canvas.axes[0]
    at = range(len(rows))
    colours = [_COLOURS.get(str(s), QUIET_COLOUR) for s in rows["status"]]
    axes.barh(at, rows["psi"], color=colours, alpha=0.8, height=0.62)
    axes.plot(rows["psi_noise"], at, linestyle="none", marker="o", markersize=3, color="black")
    for limit in limits:
        axes.axvline(limit, color=QUIET_COLOUR, linestyle="--", linewidth=1.0)
    axes.set_yticks(at, [_name(n) for n in rows["name"]], fontsize=8)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0.0, max(float(rows["psi"].max()) * 1.08, limits[1] * 1.15))
    axes.set_xlabel("population stability index", fontsize=9)
    return canvas.save(path)


def _span(counts: pd.Series) -> str:
    lo, hi = int(counts.min()), int(counts.max())
    return f"{lo:,}" if lo == hi else f"{lo:,}–{hi:,}"


def _name(name: object) -> str:
    text = str(name)
    return shown(text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…")
