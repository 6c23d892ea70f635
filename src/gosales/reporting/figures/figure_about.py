"""What every figure of one candidate says about where its numbers come from."""

from __future__ import annotations

from dataclasses import dataclass

from gosales.reporting.population_label import split_label


@dataclass(frozen=True)
class FigureAbout:
    """Division, cutoff and split of a figure.

    Parameters
    ----------
    name : str
        The division as people write it.
    cutoff : str
        Requested cutoff, ISO text.
    split : str
        ``forward`` or ``cv``.
    level : float, default 0.95
        Nominal coverage of the intervals.
    """

    name: str
    cutoff: str
    split: str
    level: float = 0.95

    @property
    def where(self) -> str:
        """The split in words."""
        return split_label(self.split, self.cutoff)

    def interval(self, kind: str) -> str:
        """The interval in words, for example ``95 % bootstrap interval``."""
        return f"{100 * self.level:.0f} % {kind} interval"
