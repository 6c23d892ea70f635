"""Named values as bars, as a check ordered them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.canvas import (
    INK,
    MODEL_COLOUR,
    NAIVE_COLOUR,
    QUIET_COLOUR,
    Canvas,
    shown,
)
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
        given, ``order`` lists the names from the top (a report keeps no order of keys),
        ``bounds`` maps a name to the ends of its interval, ``limits`` are values to draw as
        dotted lines, and ``x`` says what the values are.
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
    limits = [float(limit) for limit in figure.get("limits") or ()]
    dotted = f" Dotted: limit {', '.join(f'{limit:g}' for limit in limits)}." if limits else ""
    bounds = figure.get("bounds") or {}
    bare = (
        " A bar without a line has none." if bounds and {k for k, _ in series} - set(bounds) else ""
    )
    canvas = Canvas(
        f"{about.name}: {figure['title']}",
        f"{finding_source(finding, about)}{bare}{dotted}{more}",
        f"Reading: {finding.outcome}: {finding.reason}.",
        size=(9.0, 2.3 + 0.3 * len(series)),
        left=0.45 + 0.078 * max(len(_short(k)) for k, _ in series),
    )
    axes, values = canvas.axes[0], [v for _, v in series]
    ends = _ends(series, bounds)
    start = _scale(axes, figure, [*values, *(end for pair in ends for end in pair)], limits)
    _bars(axes, values, ends, start)
    axes.set_yticks(range(len(series)), [_short(k) for k, _ in series], fontsize=8)
    axes.set_ylim(len(series) - 0.5, -0.5)
    for limit in limits:
        axes.axvline(limit, color=NAIVE_COLOUR, linestyle=":", linewidth=1.2)
    return canvas.save(path)


def _ends(
    series: Sequence[tuple[str, float]], bounds: dict[str, Sequence[float]]
) -> list[tuple[float, float]]:
    """Both ends of each bar's interval; the value itself where it has none."""
    pairs = [bounds.get(name) or (value, value) for name, value in series]
    return [(float(lo), float(hi)) for lo, hi in pairs]


def _scale(axes: Any, figure: dict[str, Any], values: list[float], limits: list[float]) -> float:
    """Where the bars start: where nothing is known, at chance for an AUC, else at zero."""
    is_auc = "auc" in str(figure["title"]).lower() and min(values) >= 0.0 and max(values) <= 1.0
    start = 0.5 if is_auc else 0.0
    axes.axvline(start, color=QUIET_COLOUR, linestyle="--", linewidth=1.0)
    if is_auc:
        axes.set_xlim(min(0.48, min(values) - 0.02), 1.06)
        axes.set_xlabel("AUC (dashed: chance)", fontsize=9)
    else:
        least, most = (f([0.0, *values, *limits]) for f in (min, max))
        room = 0.12 * ((most - least) or 1.0)  # for the numbers at the ends
        axes.set_xlim(least - room if least < 0.0 else 0.0, most + room if most > 0.0 else 0.0)
        axes.set_xlabel(shown(str(figure.get("x", ""))), fontsize=9)
    return start


def _bars(axes: Any, values: list[float], ends: list[tuple[float, float]], start: float) -> None:
    rows = range(len(values))
    lengths = [v - start for v in values]
    axes.barh(rows, lengths, left=start, color=MODEL_COLOUR, alpha=0.75, height=0.62)
    bounded = [(y, *pair) for y, pair in zip(rows, ends, strict=True) if pair[0] < pair[1]]
    axes.hlines(
        [y for y, _, _ in bounded], [lo for _, lo, _ in bounded], [hi for _, _, hi in bounded],
        color=INK, linewidth=1.3,
    )  # fmt: skip
    whole = all(v == round(v) for v in values)
    for y, (value, (lo, hi)) in enumerate(zip(values, ends, strict=True)):
        side, end = ("left", hi) if value >= start else ("right", lo)
        text = f" {value:,.0f} " if whole else f" {value:.3f} "
        axes.text(end, y, text, va="center", ha=side, fontsize=8)


def _short(name: str) -> str:
    return shown(name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…")
