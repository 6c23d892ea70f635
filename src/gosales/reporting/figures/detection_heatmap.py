"""The detection matrix as a picture: leaks down, checks across."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gosales.gauntlet.zoo.detection_matrix import ANY, DetectionMatrix
from gosales.gauntlet.zoo.rate import Rate
from gosales.gauntlet.zoo.strength import Strength
from gosales.reporting.figures.canvas import INK, QUIET_COLOUR, Canvas

_ROW, _COLUMN = 0.2, 0.52
_DARK = 0.6


def detection_heatmap(matrix: DetectionMatrix, path: Path) -> Path:
    """Draw the matrix.

    Parameters
    ----------
    matrix : DetectionMatrix
        What catches what.
    path : pathlib.Path
        PNG to write.
    """
    rows = [
        (f"{leak.replace('_', ' ')}, {strength}", rates)
        for (leak, strength), rates in matrix.detected.items()
        if strength is not Strength.TWIN
    ]
    honest = [(f"({s} worlds)", r) for s, r in matrix.alarms.items() if r[ANY].n]
    columns = [ANY, *matrix.checks, *matrix.rules]
    rows += honest
    size = (3.2 + _COLUMN * len(columns), 3.1 + _ROW * len(rows))
    canvas = Canvas(
        "Which check catches which planted leak",
        "share of cells in which the check failed, with failures of cells; last rows: honest "
        "worlds and twins, where every failure is a false alarm; intervals in matrix.csv",
        "Blank: not run for this leak. A leak is caught when the first column is dark; the last "
        f"columns ({', '.join(matrix.rules) or 'none'}) are earlier rules and gate nothing.",
        size=size,
        left=2.9,
        below=1.3,
    )
    _draw(canvas.axes[0], rows, columns, len(matrix.rules), len(honest))
    return canvas.save(path)


def _draw(
    axes: Any,
    rows: list[tuple[str, Mapping[str, Rate]]],
    columns: list[str],
    n_rules: int,
    n_honest: int,
) -> None:
    shares = np.array([[_share(rates[c]) for c in columns] for _, rates in rows])
    axes.grid(visible=False)
    axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")
    for i, (_, rates) in enumerate(rows):
        for j, column in enumerate(columns):
            if rates[column].n:
                text = f"{rates[column].hits}/{rates[column].n}"
                colour = "white" if shares[i, j] > _DARK else INK
                axes.text(j, i, text, ha="center", va="center", fontsize=7.0, color=colour)
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    names = [c.replace("_", " ") for c in columns]
    axes.set_xticks(range(len(columns)), names, rotation=55, ha="right", rotation_mode="anchor")
    for at in (0.5, len(columns) - n_rules - 0.5):
        axes.axvline(at, color=QUIET_COLOUR, linewidth=0.8)
    axes.axhline(len(rows) - n_honest - 0.5, color=QUIET_COLOUR, linewidth=0.8)


def _share(rate: Rate) -> float:
    return float("nan") if rate.share is None else rate.share
