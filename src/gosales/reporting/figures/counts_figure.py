"""What a check compared and what it found, counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.canvas import INK, NAIVE_COLOUR, QUIET_COLOUR, Canvas, shown
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.finding_source import finding_source

_MOST = 15
_LETTERS = 60


def counts_figure(finding: Finding, about: FigureAbout, path: Path) -> Path | None:
    """Draw a table: one line per thing that was compared.

    Parameters
    ----------
    finding : Finding
        Its figure has ``head``, the words over the columns, and ``rows``: each a label and its
        counts (None where there is nothing to count). Where ``offences`` is true, the last column
        counts them and is set off where it is not 0. At most fifteen rows are drawn, those with
        most offences first.
    about : FigureAbout
        Division and split.
    path : pathlib.Path
        PNG to write.

    Returns
    -------
    pathlib.Path or None
        Always drawn: a check that counted nothing says so.
    """
    figure = finding.figure or {}
    head, rows = [str(word) for word in figure["head"]], list(figure["rows"])
    judged = bool(figure.get("offences"))
    if judged:
        rows.sort(key=lambda row: -float(row[1][-1] or 0))
    more = f" The first {_MOST} of {len(rows)} are shown." if len(rows) > _MOST else ""
    rows = rows[:_MOST]
    lines = max(len(rows), 1) + 1
    canvas = Canvas(
        f"{about.name}: {figure['title']}",
        f"{finding_source(finding, about)}{more}",
        f"Reading: {finding.outcome}: {finding.reason}.",
        panels=0,
        size=(9.0, 1.9 + 0.26 * lines),
        left=0.25,
        below=0.25,
    )
    top, step = canvas.box["top"], (canvas.box["top"] - canvas.box["bottom"]) / lines
    ends = _ends(canvas, len(head))
    for x, word in zip(ends, head, strict=True):
        _say(canvas, x, top, shown(word), color=QUIET_COLOUR, ha="right")
    for y, (label, counts) in enumerate(rows or [["nothing was counted", [None] * len(head)]], 1):
        _rule(canvas, top - (y - 0.5) * step, QUIET_COLOUR if y == 1 else "#e6e8eb")
        _say(canvas, canvas.box["left"], top - y * step, _short(str(label)), color=INK)
        for x, count in zip(ends, counts, strict=True):
            offends = judged and x == ends[-1] and bool(count)
            look = {"color": NAIVE_COLOUR, "fontweight": "bold"} if offends else {"color": INK}
            _say(canvas, x, top - y * step, _count(count), ha="right", **look)
    return canvas.save(path)


def _ends(canvas: Canvas, columns: int) -> list[float]:
    """Right ends of the columns, in shares of the page."""
    right = canvas.box["right"]
    step = 0.56 * (right - canvas.box["left"]) / max(columns, 3)
    return [right - step * (columns - 1 - i) for i in range(columns)]


def _say(canvas: Canvas, x: float, y: float, text: str, **look: Any) -> None:
    canvas.figure.text(x, y, text, fontsize=9, va="center", **look)


def _rule(canvas: Canvas, y: float, colour: str) -> None:
    from matplotlib.lines import Line2D

    ends = [canvas.box["left"], canvas.box["right"]]
    canvas.figure.add_artist(Line2D(ends, [y, y], color=colour, linewidth=0.8))


def _count(count: float | None) -> str:
    if count is None:
        return ""
    return f"{count:,}" if isinstance(count, int) else f"{count:.3g}"


def _short(label: str) -> str:
    return shown(label if len(label) <= _LETTERS else label[: _LETTERS - 1] + "…")
