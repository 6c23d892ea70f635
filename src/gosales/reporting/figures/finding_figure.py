"""The figure of a finding, by the kind of data its check left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.bars_figure import bars_figure
from gosales.reporting.figures.counts_figure import counts_figure
from gosales.reporting.figures.course_figure import course_figure
from gosales.reporting.figures.difference_figure import difference_figure
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.histogram_figure import histogram_figure
from gosales.reporting.figures.horizon_figure import horizon_figure

Drawer = Callable[[Finding, FigureAbout, Path], Path | None]
KINDS: Mapping[str, Drawer] = MappingProxyType(
    {
        "bars": bars_figure,
        "counts": counts_figure,
        "course": course_figure,
        "differences": difference_figure,
        "histogram": histogram_figure,
        "horizon": horizon_figure,
    }
)


def finding_figure(finding: Finding, about: FigureAbout, path: Path) -> Path:
    """Draw a finding.

    Parameters
    ----------
    finding : Finding
        With or without figure data.
    about : FigureAbout
        Division and split.
    path : pathlib.Path
        PNG to write.

    Returns
    -------
    pathlib.Path
        The PNG. A check that left no data, or data of a kind that is not known here, or none that
        can be drawn, is shown by the numbers it measured.
    """
    drawer = KINDS.get(str((finding.figure or {}).get("kind")))
    drawn = None if drawer is None else drawer(finding, about, path)
    if drawn is None:
        counts_figure(replace(finding, figure=_measured(finding)), about, path)
    return path


def _measured(finding: Finding) -> dict[str, object]:
    """The plain numbers of a finding, as data of the kind ``counts``."""
    rows: list[tuple[str, list[float]]] = [
        (key.replace("_", " "), [value])
        for key, value in finding.values.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    return {
        "title": f"what {finding.name} measured",
        "population": "see the reading",
        "split": "see the reading",
        "n": [[label, counts[0]] for label, counts in rows if isinstance(counts[0], int)],
        "no_interval": "these are the plain numbers the check went by",
        "head": ["measured"],
        "rows": rows,
    }
