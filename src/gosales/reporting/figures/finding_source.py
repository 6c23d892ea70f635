"""Population, split, n and interval of a finding's figure."""

from __future__ import annotations

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.figure_about import FigureAbout

_UNTOLD = "not told by the check"


def finding_source(finding: Finding, about: FigureAbout) -> str:
    """Where a check's numbers come from, in its own words.

    Parameters
    ----------
    finding : Finding
        Its figure has ``population``, ``split``, ``n`` (pairs of what was counted and how often)
        and ``interval``, or ``no_interval``: why there is none.
    about : FigureAbout
        Division and cutoff.
    """
    figure = finding.figure or {}
    kind = "proof" if finding.is_proof else "statistic"
    n = ", ".join(f"{count:,} {word}" for word, count in figure.get("n") or ()) or _UNTOLD
    if figure.get("interval"):
        interval = f"Interval: {figure['interval']}."
    else:
        interval = f"No interval: {figure.get('no_interval') or _UNTOLD}."
    return (
        f"Check: {finding.name} ({kind}), cutoff {about.cutoff}. "
        f"Population: {figure.get('population') or _UNTOLD}. "
        f"Split: {figure.get('split') or _UNTOLD}. n: {n}. {interval}"
    )
