"""Capture at the top of each segment's own list."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gosales.reporting.figures.canvas import MODEL_COLOUR, QUIET_COLOUR, Canvas, shown
from gosales.reporting.figures.figure_about import FigureAbout

_METRIC = "capture_at_10pct"
_LETTERS = 30


def segment_figure(table: pd.DataFrame, about: FigureAbout, path: Path) -> Path | None:
    """Draw capture in the top 10 per cent of every segment, beside everybody and chance.

    Parameters
    ----------
    table : pandas.DataFrame
        From `SegmentTable.table`.
    about : FigureAbout
        Division and split.
    path : pathlib.Path
        PNG to write.

    Returns
    -------
    pathlib.Path or None
        None when it was measured nowhere.
    """
    rows = table[(table["metric"] == _METRIC) & table["value"].notna()] if len(table) else table
    if rows.empty:
        return None
    few = int(rows["lo"].isna().sum())
    canvas = Canvas(
        f"{about.name}: buyers found in the top 10 % of each segment",
        f"Population: all customers, by segment; n at the left. Split: {about.where}. Lines: "
        f"{about.interval('account bootstrap')}; hollow: insufficient buyers for one.",
        f"Reading: dashed is chance (10 %). {few} of {len(rows)} segments have too few buyers to "
        "say more than a point.",
        size=(9.0, 2.2 + 0.27 * len(rows)),
        left=3.4,
    )
    axes = canvas.axes[0]
    for y, row in enumerate(rows.to_dict("records")):
        bounded = bool(np.isfinite(row["lo"]))
        if bounded:
            axes.plot([row["lo"], row["hi"]], [y, y], color=MODEL_COLOUR, linewidth=1.6)
        axes.plot(
            row["value"], y, marker="o", markersize=5, color=MODEL_COLOUR,
            markerfacecolor=MODEL_COLOUR if bounded else "white",
        )  # fmt: skip
    axes.axvline(0.1, color=QUIET_COLOUR, linestyle="--", linewidth=1.0)
    labels = [_label(row) for row in rows.to_dict("records")]
    axes.set_yticks(range(len(rows)), labels, fontsize=8)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("share of the segment's buyers", fontsize=9)
    from matplotlib.ticker import PercentFormatter

    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    return canvas.save(path)


def _label(row: dict[object, object]) -> str:
    attribute, level = str(row["attribute"]), str(row["level"])
    name = "everybody" if attribute == "(all)" else f"{attribute} {level}"
    name = name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…"
    return shown(f"{name}: n {row['n']}, {row['n_pos_accounts']} buyers")
