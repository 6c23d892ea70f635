"""What a check's figure says of the rows it is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gosales.features.panel import Panel

ROSTER: Final = "all customers on the roster of each cutoff"


def figure_source(
    split: str, parts: Mapping[str, Panel], population: str = ROSTER
) -> dict[str, Any]:
    """Population, split and n of a figure, counted from exactly the rows that are drawn.

    Parameters
    ----------
    split : str
        Which rows of the candidate they are.
    parts : mapping of str to Panel
        The rows, by a word that tells the parts apart; one part may have the empty word.
    population : str
        Whose rows they are.

    Returns
    -------
    dict
        ``population``, ``split`` and ``n``: pairs of what was counted and how often, in order;
        of each part its rows and its accounts with a positive row.
    """
    n = []
    for word, panel in parts.items():
        buyers = len(set(panel.groups[panel.y > 0]))
        n += [[f"{word} rows".strip(), len(panel)], [f"{word} positive accounts".strip(), buyers]]
    return {"population": population, "split": split, "n": n}
