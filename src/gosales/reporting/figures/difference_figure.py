"""Differences with their intervals against no difference, one panel per metric."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.canvas import MODEL_COLOUR, NAIVE_COLOUR, QUIET_COLOUR, Canvas, shown
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.finding_source import finding_source


def difference_figure(finding: Finding, about: FigureAbout, path: Path) -> Path | None:
    """Draw one point with its interval per comparison.

    Parameters
    ----------
    finding : Finding
        Its figure has ``panels``: each with ``name``, ``points`` (``label``, ``value``, ``lo``,
        ``hi``; the same labels in every panel) and perhaps ``limit``; and ``interval`` in words.
    about : FigureAbout
        Division and split.
    path : pathlib.Path
        PNG to write.

    Returns
    -------
    pathlib.Path or None
        None when nothing was measured.
    """
    figure = finding.figure or {}
    panels = [p for p in figure["panels"] if any(_known(q) for q in p["points"])]
    if not panels:
        return None
    labels = [str(q["label"]) for q in panels[0]["points"]]
    bare = any(_known(q) and q.get("lo") is None for p in panels for q in p["points"])
    marks = (" Hollow: no interval." if bare else "") + (
        " Dotted: the limit." if any(p.get("limit") for p in panels) else ""
    )
    canvas = Canvas(
        f"{about.name}: {figure['title']}",
        f"{finding_source(finding, about)}{marks}",
        f"Reading: {finding.outcome}: {finding.reason}.",
        panels=len(panels),
        size=(10.0, 2.4 + 0.3 * len(labels)),
        left=0.45 + 0.078 * max(map(len, labels)),
    )
    for axes, panel in zip(canvas.axes, panels, strict=True):
        _draw(axes, panel, len(labels))
    canvas.axes[0].set_yticks(range(len(labels)), [shown(t) for t in labels], fontsize=8)
    for axes in canvas.axes[1:]:
        axes.set_yticks(range(len(labels)), [""] * len(labels))
    return canvas.save(path)


def _known(point: dict[str, Any]) -> bool:
    return point.get("value") is not None


def _draw(axes: Any, panel: dict[str, Any], n: int) -> None:
    from matplotlib.ticker import MaxNLocator

    for y, point in enumerate(panel["points"]):
        if not _known(point):
            continue
        bounded = point.get("lo") is not None
        if bounded:
            axes.plot([point["lo"], point["hi"]], [y, y], color=MODEL_COLOUR, linewidth=1.6)
        face = MODEL_COLOUR if bounded else "white"
        axes.plot(point["value"], y, "o", markersize=5, color=MODEL_COLOUR, markerfacecolor=face)
    axes.axvline(0.0, color=QUIET_COLOUR, linestyle="--", linewidth=1.0)
    if panel.get("limit"):
        axes.axvline(float(panel["limit"]), color=NAIVE_COLOUR, linestyle=":", linewidth=1.2)
    axes.set_ylim(n - 0.5, -0.5)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(shown(str(panel["name"])), fontsize=9)
