"""A share with what it stands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from gosales.evaluation.clopper_pearson import clopper_pearson


@dataclass(frozen=True)
class Rate:
    """Hits of trials.

    Parameters
    ----------
    hits, n : int
        How many, of how many.
    """

    hits: int
    n: int

    @classmethod
    def of(cls, flags: Iterable[bool]) -> Self:
        """Count the true ones."""
        found = list(flags)
        return cls(sum(found), len(found))

    @property
    def share(self) -> float | None:
        """Hits per trial; None without trials."""
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Clopper-Pearson interval."""
        return clopper_pearson(self.hits, self.n)

    def __str__(self) -> str:
        if not self.n:
            return "not run"
        low, high = self.interval
        return f"{self.hits}/{self.n} = {self.hits / self.n:.0%} [{low:.0%}, {high:.0%}]"

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        low, high = self.interval
        return {"hits": self.hits, "n": self.n, "share": self.share, "low": low, "high": high}
