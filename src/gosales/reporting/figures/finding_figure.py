"""The figure of a finding, by the kind of data its check left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.bars_figure import bars_figure
from gosales.reporting.figures.difference_figure import difference_figure
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.histogram_figure import histogram_figure
from gosales.reporting.figures.horizon_figure import horizon_figure

Drawer = Callable[[Finding, FigureAbout, Path], Path | None]
KINDS: Mapping[str, Drawer] = MappingProxyType(
    {
        "bars": bars_figure,
        "differences": difference_figure,
        "histogram": histogram_figure,
        "horizon": horizon_figure,
    }
)


def finding_figure(finding: Finding, about: FigureAbout, path: Path) -> Path | None:
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
    pathlib.Path or None
        None when the check left no data, or data of a kind that is not known here (then its JSON
        still holds them).
    """
    drawer = KINDS.get(str((finding.figure or {}).get("kind")))
    return None if drawer is None else drawer(finding, about, path)
