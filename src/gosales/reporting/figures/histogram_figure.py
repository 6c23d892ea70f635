"""A null distribution with the candidate's value in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.canvas import MODEL_COLOUR, QUIET_COLOUR, Canvas, shown
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.finding_source import finding_source


def histogram_figure(finding: Finding, about: FigureAbout, path: Path) -> Path | None:
    """Draw the draws as a histogram and the candidate as a line.

    Parameters
    ----------
    finding : Finding
        Its figure has ``series`` with ``null`` (draws) and ``candidate`` (a number), and ``x``.
    about : FigureAbout
        Division and split.
    path : pathlib.Path
        PNG to write.

    Returns
    -------
    pathlib.Path or None
        None when there are no draws.
    """
    figure = finding.figure or {}
    null = np.asarray(figure["series"]["null"], dtype="float64")
    observed = float(figure["series"]["candidate"])
    if not len(null):
        return None
    lo, hi = np.quantile(null, [0.025, 0.975])
    canvas = Canvas(
        f"{about.name}: {figure['title']}",
        f"{finding_source(finding, about)} Shaded: middle 95 % of the draws, {lo:.3f} to {hi:.3f}.",
        f"Reading: {finding.outcome}: {finding.reason}.",
    )
    axes = canvas.axes[0]
    axes.hist(null, bins=min(30, max(5, len(null) // 6)), color=QUIET_COLOUR, alpha=0.75)
    axes.axvspan(lo, hi, color=QUIET_COLOUR, alpha=0.12, linewidth=0)
    axes.axvline(observed, color=MODEL_COLOUR, linewidth=2.0)
    top = axes.get_ylim()[1]
    side = "right" if observed > null.mean() else "left"
    axes.text(
        observed, top, f" candidate {observed:.3f} ", color=MODEL_COLOUR, ha=side, va="top",
        fontsize=9,
    )  # fmt: skip
    axes.set_xlabel(shown(str(figure.get("x", "value"))), fontsize=9)
    axes.set_ylabel("draws with permuted labels", fontsize=9)
    return canvas.save(path)
