"""Population, split and n of a finding's figure."""

from __future__ import annotations

from gosales.gauntlet.finding import Finding
from gosales.reporting.figures.figure_about import FigureAbout

_COUNTS = {
    "rows": "rows",
    "positive_accounts": "positive accounts",
    "draws": "draws",
    "refits": "refits",
}


def finding_source(finding: Finding, about: FigureAbout) -> str:
    """Where a check's numbers come from, as far as it says so.

    Parameters
    ----------
    finding : Finding
        Counts are read from its values; which rows it looked at from ``split`` of its figure.
    about : FigureAbout
        Division and cutoff.
    """
    counts = [
        f"{finding.values[key]:,} {word}"
        for key, word in _COUNTS.items()
        if isinstance(finding.values.get(key), int)
    ]
    told = f" n: {', '.join(counts)}." if counts else ""
    figure = finding.figure or {}
    split = str(figure.get("split") or "see title and axis")
    kind = "proof" if finding.is_proof else "statistic"
    return (
        f"Check: {finding.name} ({kind}), cutoff {about.cutoff}. Population: all customers on the "
        f"roster. Split: {split}.{told}"
    )
