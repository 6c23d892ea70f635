"""Accounts whose whole history is that of another account, give or take some days and lines."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from gosales.data.as_of import AsOfView
from gosales.gauntlet.history_likeness import HistoryLikeness
from gosales.gauntlet.history_lines import HistoryLines
from gosales.gauntlet.rarest_lines import RarestLines

_TINY = 1e-9


@dataclass(frozen=True)
class TwinHistories:
    """Which histories are the same.

    Parameters
    ----------
    min_days : int, default 3
        A history on fewer distinct days is too common to be a signature.
    min_lines : int, default 4
        A history of fewer lines likewise.
    shift_days : int, default 7
        Days by which a line of one may lie from its like in the other.
    min_match : float, default 0.9
        Least share of lines (of both together, by weight) that have their like in the other.
    step_slack : float, default 0.1
        By which two steps may differ and count as one, as a share of the longer; never by more
        than ``shift_days``.
    neighbours : int, default 20
        Accounts each is compared with, those that share most of its rarest lines first.
    max_looked_at : int, default 5_000_000
        Lines of others looked at in all. Where all lines are so common that more would be, each
        meets only those nearest to it.

    Notes
    -----
    Amounts and invoices are left out, so that a copy with altered amounts is found too.

    A line that ``k`` lines lie near (same SKU, no further than ``shift_days``) weighs
    ``log(1 + accounts / k)``: a starter kit that many bought on one day marks nobody, while all
    lines of a copied account weigh alike, however often it was copied.

    Who is compared: of ``n`` lines an account's twin lacks at most the share
    ``2 (1 - min_match) / (2 - min_match)``, if all weigh alike. Of that many of the account's
    rarest lines and ``min_days`` more, the twin therefore has ``min_days``, wherever lines were
    lost, added or moved.

    An order that keeps the step of the two before it is no mark of an account: everybody with
    that subscription has it. Such lines neither make a history long enough nor count among those
    that have their like, so that subscribers of one day are not taken for copies.

    Rows of features are not compared: purged folds train and validate at different cutoffs, so
    even an exact copy has another row there. Of 122 validation rows with a copy in training none
    had a like row, all numbers rounded to a tenth of a decade or finer; rounded to whole decades
    7 % had, and so had 4 to 11 % in clean worlds.
    """

    min_days: int = 3
    min_lines: int = 4
    shift_days: int = 7
    min_match: float = 0.9
    step_slack: float = 0.1
    neighbours: int = 20
    max_looked_at: int = 5_000_000

    def pairs(self, view: AsOfView) -> tuple[dict[str, set[str]], int]:
        """Twins of each customer that has any, and how many customers have a history long enough.

        Parameters
        ----------
        view : AsOfView
            At one cutoff.
        """
        lines = HistoryLines.of(view)
        everything = np.ones(len(lines.day), dtype=bool)
        own = lines.unforeseen(self.step_slack, self.shift_days)
        own &= lines.long(own, self.min_lines, self.min_days)[lines.account]
        rarest = RarestLines(lines, own, self.shift_days)
        weight = np.log1p(len(lines.names) / rarest.near)
        likeness = HistoryLikeness(lines, own, weight, self.shift_days)
        n = np.bincount(lines.account[own], minlength=len(lines.names))
        twins: dict[str, set[str]] = defaultdict(set)
        for a, b in sorted(self._candidates(rarest, n)):
            if likeness.reaches(self.min_match, a, b):
                twins[str(lines.names[a])].add(str(lines.names[b]))
                twins[str(lines.names[b])].add(str(lines.names[a]))
        return dict(twins), int(lines.long(everything, self.min_lines, self.min_days).sum())

    def _candidates(self, rarest: RarestLines, n: np.ndarray) -> set[tuple[int, int]]:
        """Pairs, the lesser position first, that share enough of their rarest lines."""
        # The slack is for 0.1 not being a tenth.
        lost = np.floor(n * 2 * (1 - self.min_match) / (2 - self.min_match) + _TINY).astype(int)
        asked = np.minimum(n, lost + self.min_days)
        found: set[tuple[int, int]] = set()
        for a, b, shared in rarest.met(asked, self.max_looked_at):
            enough = (shared >= (asked - lost)[a]) & (n[b] > 0)
            a, b, shared = a[enough], b[enough], shared[enough]
            best = np.lexsort((b, np.abs(n[a] - n[b]), -shared, a))
            a, b = a[best], b[best]
            kept = np.arange(len(a)) - np.searchsorted(a, a) < self.neighbours
            low, high = np.minimum(a, b)[kept], np.maximum(a, b)[kept]
            found |= set(zip(low.tolist(), high.tolist(), strict=True))
        return found
