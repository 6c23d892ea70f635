"""Named values as bars, as a check ordered them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.canvas import MODEL_COLOUR, QUIET_COLOUR, Canvas, shown
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.finding_source import finding_source

_MOST = 15
_LETTERS = 46


def bars_figure(finding: Finding, about: FigureAbout, path: Path) -> Path | None:
    """Draw one bar per name.

    Parameters
    ----------
    finding : Finding
        Its figure has ``series``, a mapping of name to number; at most fifteen are drawn. Where
        given, ``order`` lists the names from the top (a report keeps no order of keys), and
        ``half_widths`` and ``interval`` are interval lines and what they are.
    about : FigureAbout
        Division and split.
    path : pathlib.Path
        PNG to write.

    Returns
    -------
    pathlib.Path or None
        None when there is no finite value.
    """
    figure = finding.figure or {}
    found = figure["series"]
    names = [name for name in figure.get("order", found) if name in found]
    series = [(str(k), float(found[k])) for k in names if np.isfinite(found[k])]
    if not series:
        return None
    left = len(series) - _MOST
    series = series[:_MOST]
    more = f" The first {_MOST} of {len(series) + left} are shown." if left > 0 else ""
    longest = max(len(_short(k)) for k, _ in series)
    widths = figure.get("half_widths") or {}
    bounds = f"Lines: {figure.get('interval')}." if widths else "Point values, no interval."
    canvas = Canvas(
        f"{about.name}: {figure['title']}",
        f"{finding_source(finding, about)} {bounds}{more}",
        f"Reading: {finding.outcome}: {finding.reason}.",
        size=(9.0, 2.3 + 0.3 * len(series)),
        left=0.45 + 0.078 * longest,
    )
    axes = canvas.axes[0]
    values = [v for _, v in series]
    is_auc = "auc" in str(figure["title"]).lower() and min(values) >= 0.0 and max(values) <= 1.0
    # A bar must start where nothing is known: at chance for an AUC, else at zero.
    start = 0.5 if is_auc else 0.0
    lengths = [v - start for v in values]
    axes.barh(range(len(series)), lengths, left=start, color=MODEL_COLOUR, alpha=0.75, height=0.62)
    axes.set_yticks(range(len(series)), [_short(k) for k, _ in series], fontsize=8)
    axes.set_ylim(len(series) - 0.5, -0.5)
    axes.axvline(start, color=QUIET_COLOUR, linestyle="--", linewidth=1.0)
    if is_auc:
        axes.set_xlim(min(0.48, min(values) - 0.02), 1.04)
        axes.set_xlabel("AUC (dashed: chance)", fontsize=9)
    halves = [float(widths.get(name, 0.0)) for name, _ in series]
    if widths:
        axes.errorbar(values, range(len(series)), xerr=halves, fmt="none", ecolor=QUIET_COLOUR)
    for y, (value, half) in enumerate(zip(values, halves, strict=True)):
        side = "left" if value >= start else "right"
        end = value + half if value >= start else value - half
        axes.text(end, y, f" {value:.3f} ", va="center", ha=side, fontsize=8)
    return canvas.save(path)


def _short(name: str) -> str:
    return shown(name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…")
