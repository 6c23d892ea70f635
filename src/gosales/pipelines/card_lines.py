"""The figures of a card, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

from gosales.pipelines.figure import Figure, Judgement

_FIGURE = re.compile(r"\d")
_AUDIT: Final = "Gauntlet"
_TOP: Final = "summary"
_NO_LINE: Final = ("", "")
# Lines outside the audit's own section that an audit writes anew.
_AUDITED: Final = ("> **Gauntlet", "Models were chosen on cross-validation only")


def card_figures(where: str, logged: str, recomputed: str) -> Iterator[Figure]:
    r"""Compare two cards; every line that differs, and every line with a figure.

    Parameters
    ----------
    where : str
        What holds the logged card.
    logged, recomputed : str
        Markdown.

    Examples
    --------
    >>> found = card_figures("card", "# A\n## Rank\nAUC 0.8", "# A\n## Rank\nAUC 0.7")
    >>> [(f.name, f.logged, f.recomputed, str(f.judgement)) for f in found]
    [('Rank', 'AUC 0.8', 'AUC 0.7', 'DIFFERS')]
    """
    mine, anew = list(_lines(logged)), list(_lines(recomputed))
    for kind, a, b, c, d in SequenceMatcher(None, mine, anew, autojunk=False).get_opcodes():
        if kind == "equal":
            told = ((section, line) for section, line in mine[a:b] if _FIGURE.search(line))
            yield from (Figure(where, s, line, line, Judgement.SAME) for s, line in told)
            continue
        for left, right in zip_longest(mine[a:b], anew[c:d]):
            old, new = left or _NO_LINE, right or _NO_LINE
            yield Figure(where, old[0] or new[0], old[1], new[1], Judgement.DIFFERS)


def note_figures(where: str, note: str, recomputed: str, *, audited: bool) -> Iterator[Figure]:
    """Find every line of a note with a figure on the recomputed card.

    Parameters
    ----------
    where : str
        What holds the note.
    note : str
        Markdown: the card or, where it is long, its beginning.
    recomputed : str
        The card as the training run alone gives it.
    audited : bool
        Whether an audit has written the card anew: what it added is not the training run's.
    """
    known = {line for _, line in _lines(recomputed)}
    for section, line in _lines(note):
        if line in known:
            if _FIGURE.search(line):
                yield Figure(where, section, line, line, Judgement.SAME)
        elif audited and (section == _AUDIT or line.startswith(_AUDITED)):
            if _FIGURE.search(line):
                yield Figure(where, section, line, "", Judgement.NOT_JUDGED)
        elif _FIGURE.search(line):
            yield Figure(where, section, line, "", Judgement.DIFFERS)


def _lines(card: str) -> Iterator[tuple[str, str]]:
    section = _TOP
    for line in card.splitlines():
        section = line[3:].strip() if line.startswith("## ") else section
        if line.strip():
            yield section, line
