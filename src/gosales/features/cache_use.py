"""What became of one part of a panel: computed or reused, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CacheUse:
    """How many tables of a part were computed and how many taken from the cache.

    Parameters
    ----------
    part : str
        A family, or another table of the panel, for example ``roster``.
    computed, reused : int
        Tables: one per cutoff and, where it depends on the target, per target.
    why : str
        Why they were computed or could be reused, in a clause.

    Examples
    --------
    >>> print(CacheUse("rfm", 2, 4, "new cutoff or target"))
    rfm: 2 computed, 4 reused (new cutoff or target)
    """

    part: str
    computed: int
    reused: int
    why: str

    def __str__(self) -> str:
        return f"{self.part}: {self.computed} computed, {self.reused} reused ({self.why})"
