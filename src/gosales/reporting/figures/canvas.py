"""A figure with its words: title, where the numbers come from, and a one-line reading."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any, Final

MODEL_COLOUR: Final = "#1f5fa8"
NAIVE_COLOUR: Final = "#c8671b"
QUIET_COLOUR: Final = "#8a8f98"
INK: Final = "#22262b"
_DPI: Final = 130
# Letters that fit on an inch, by the size they are set in; measured on long sources.
_TITLE_LETTERS: Final = 9.5
_SOURCE_LETTERS: Final = 15.5
_READING_LETTERS: Final = 14.5


class Canvas:
    """Axes in a row under a title, over a reading.

    Parameters
    ----------
    title : str
        What is shown, of whom.
    source : str
        Population, split, n and interval.
    reading : str
        One sentence on what to see.
    panels : int, default 1
        Axes side by side; with 0 the place for them (``box``, in shares of the page) stays free.
    size : tuple of (float, float), default (9.0, 5.4)
        Width and height in inches.
    left : float, default 0.75
        Inches for the labels of the left axis.
    below : float, default 0.62
        Inches for the labels of the lower axis.

    Notes
    -----
    Drawn by Agg without any global state, so that figures may be made in any thread or process.
    Text is shown as it is: a dollar sign in a name starts no formula.
    """

    def __init__(
        self,
        title: str,
        source: str,
        reading: str,
        panels: int = 1,
        size: tuple[float, float] = (9.0, 5.4),
        left: float = 0.75,
        below: float = 0.62,
    ) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        width, height = size
        self.figure: Any = Figure(figsize=size, dpi=_DPI, facecolor="white")
        FigureCanvasAgg(self.figure)
        room = width - 0.5
        heads = textwrap.wrap(shown(title), int(room * _TITLE_LETTERS)) or [""]
        sources = textwrap.wrap(shown(source), int(room * _SOURCE_LETTERS))
        readings = textwrap.wrap(shown(reading), int(room * _READING_LETTERS))
        top = self._words(heads, 1.0 - 0.16 / height, 13.0, "bold", INK)
        top = self._words(sources, top - 0.04 / height, 9.0, "normal", QUIET_COLOUR)
        foot = (0.16 + 0.17 * len(readings)) / height
        self._words(readings, foot, 9.5, "normal", INK)
        self.box: dict[str, float] = {
            "left": left / width,
            "right": 1.0 - 0.25 / width,
            "top": top - 0.32 / height,
            "bottom": foot + below / height,
        }
        self.axes: list[Any] = []
        if panels:
            grid = {**self.box, "wspace": 0.22}
            self.axes += list(self.figure.subplots(1, panels, squeeze=False, gridspec_kw=grid)[0])
        for axes in self.axes:
            _quieten(axes)

    def _words(
        self, lines: list[str], top: float, points: float, weight: str, colour: str
    ) -> float:
        step = points * 1.35 / 72.0 / float(self.figure.get_figheight())
        for i, line in enumerate(lines):
            self.figure.text(
                0.25 / self.figure.get_figwidth(),
                top - i * step,
                line,
                fontsize=points,
                fontweight=weight,
                color=colour,
                va="top",
            )
        return top - len(lines) * step

    def save(self, path: Path) -> Path:
        """Write the PNG; equal figures give equal bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        # A page of text gains little by a better compression, which takes longer than drawing it.
        self.figure.savefig(
            path, format="png", metadata={"Software": None}, pil_kwargs={"compress_level": 1}
        )
        return path


def shown(text: str) -> str:
    r"""Text that matplotlib shows letter by letter.

    Examples
    --------
    >>> shown("A $ and B $")
    'A \\$ and B \\$'
    """
    return text.replace("$", r"\$")


def _quieten(axes: Any) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(QUIET_COLOUR)
    axes.tick_params(colors=INK, labelsize=8.5, length=3)
    axes.grid(visible=True, color="#e6e8eb", linewidth=0.7)
    axes.set_axisbelow(True)
