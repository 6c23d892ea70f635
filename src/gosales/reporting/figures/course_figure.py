"""Shares from cutoff to cutoff with their intervals, against limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.canvas import MODEL_COLOUR, NAIVE_COLOUR, QUIET_COLOUR, Canvas, shown
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.finding_source import finding_source

_COLOURS = (MODEL_COLOUR, QUIET_COLOUR)
# A limit so many times above the highest value would press the values into a line.
_FAR = 2.5


def course_figure(finding: Finding, about: FigureAbout, path: Path) -> Path | None:
    """Draw one line per series.

    Parameters
    ----------
    finding : Finding
        Its figure has ``lines``: one or two, each with ``name`` and ``points`` (``cutoff``,
        ``value``, ``lo``, ``hi``; shares), ``height``, what they are shares of, and perhaps
        ``limits``: pairs of a name and a share.
    about : FigureAbout
        Division and split.
    path : pathlib.Path
        PNG to write.

    Returns
    -------
    pathlib.Path or None
        None when there is no point.
    """
    from matplotlib.ticker import PercentFormatter

    figure = finding.figure or {}
    lines = [line for line in figure["lines"] if line["points"]]
    if not lines:
        return None
    cutoffs = sorted({str(p["cutoff"]) for line in lines for p in line["points"]})
    highest = max(float(p["hi"]) for line in lines for p in line["points"])
    limits = [(str(name), float(value)) for name, value in figure.get("limits") or ()]
    near = [(name, value) for name, value in limits if value <= _FAR * highest]
    far = [f"{name} {value:.0%}" for name, value in limits if value > _FAR * highest]
    outside = f" Above the picture: {', '.join(far)}." if far else ""
    canvas = Canvas(
        f"{about.name}: {figure['title']}",
        f"{finding_source(finding, about)}{outside}",
        f"Reading: {finding.outcome}: {finding.reason}.",
        size=(9.0, 4.6),
        left=0.85,
    )
    axes = canvas.axes[0]
    for i, line in enumerate(lines):
        _line(axes, line, cutoffs, i)
    for name, value in near:
        axes.axhline(value, color=NAIVE_COLOUR, linestyle=":", linewidth=1.2, label=shown(name))
    axes.set_ylim(0.0, 1.12 * max([highest, *(value for _, value in near)]))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0 if highest > 0.1 else 1))
    axes.set_ylabel(shown(str(figure["height"])), fontsize=9)
    axes.set_xticks(range(len(cutoffs)), cutoffs, fontsize=8)
    axes.set_xlim(-0.5, len(cutoffs) - 0.5)
    axes.set_xlabel("cutoff", fontsize=9)
    axes.legend(frameon=False, fontsize=8.5, loc="best")
    return canvas.save(path)


def _line(axes: Any, line: dict[str, Any], cutoffs: list[str], i: int) -> None:
    points = line["points"]
    # Side by side, so that one interval does not hide the other.
    at = np.array([cutoffs.index(str(p["cutoff"])) for p in points]) + 0.08 * i
    value, lo, hi = (np.array([float(p[key]) for p in points]) for key in ("value", "lo", "hi"))
    axes.errorbar(
        at, value, yerr=np.clip([value - lo, hi - value], 0.0, None), color=_COLOURS[i],
        marker="o", markersize=4.5, linewidth=1.4, elinewidth=1.2, capsize=2.5,
        label=shown(str(line["name"])),
    )  # fmt: skip
