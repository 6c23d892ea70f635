"""A null distribution with its mean and the candidate's value in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.canvas import MODEL_COLOUR, NAIVE_COLOUR, QUIET_COLOUR, Canvas, shown
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.finding_source import finding_source


def histogram_figure(finding: Finding, about: FigureAbout, path: Path) -> Path | None:
    """Draw the draws as a histogram, the interval of their mean, and the candidate as a line.

    Parameters
    ----------
    finding : Finding
        Its figure has ``series`` with ``null`` (draws) and ``candidate`` (a number), ``mean``
        (the ends of the interval of the draws' mean) and ``x``.
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
    canvas = Canvas(
        f"{about.name}: {figure['title']}",
        finding_source(finding, about),
        f"Reading: {finding.outcome}: {finding.reason}.",
    )
    axes = canvas.axes[0]
    axes.hist(null, bins=min(30, max(5, len(null) // 6)), color=QUIET_COLOUR, alpha=0.75)
    axes.axvline(observed, color=MODEL_COLOUR, linewidth=2.0)
    axes.axvline(0.5, color=QUIET_COLOUR, linestyle="--", linewidth=1.0, label="chance")
    lo, hi = figure["mean"]
    axes.axvspan(
        lo, hi, color=NAIVE_COLOUR, alpha=0.55, linewidth=0,
        label=f"mean of the draws [{lo:.3f}, {hi:.3f}]",
    )  # fmt: skip
    top = 1.12 * axes.get_ylim()[1]
    axes.set_ylim(0.0, top)
    side = "right" if observed > null.mean() else "left"
    axes.text(
        observed, top, f" candidate {observed:.3f} ", color=MODEL_COLOUR, ha=side, va="top",
        fontsize=9,
    )  # fmt: skip
    axes.legend(frameon=False, fontsize=8.5, loc="best")
    axes.set_xlabel(shown(str(figure.get("x", "value"))), fontsize=9)
    axes.set_ylabel("draws with permuted labels", fontsize=9)
    return canvas.save(path)
