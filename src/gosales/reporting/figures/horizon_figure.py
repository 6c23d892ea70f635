"""The figure of a check that judged a frozen model month by month."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.figure_about import FigureAbout
from gosales.reporting.figures.prequential_figure import prequential_figure


def horizon_figure(finding: Finding, about: FigureAbout, path: Path) -> Path | None:
    """Draw the months of a finding.

    Parameters
    ----------
    finding : Finding
        Its figure has ``rows``: the rows of ``Prequential.months``.
    about : FigureAbout
        Division and cutoff.
    path : pathlib.Path
        PNG to write.

    Returns
    -------
    pathlib.Path or None
        None when no month was measured.
    """
    months = pd.DataFrame((finding.figure or {})["rows"])
    if months.empty:
        return None
    months = months.astype(dict.fromkeys(("value", "lo", "hi"), "float64"))
    # A report sorts keys, not rows: the months stand in their order still.
    return prequential_figure(months, about, path, f"Reading: {finding.outcome}: {finding.reason}.")
