"""One way to spend the team's calls: how many accounts, out of which strata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gosales.core.columns import REP, SEGMENT
from gosales.core.errors import ConfigError


@dataclass(frozen=True)
class Scenario:
    """A list as a quota per stratum, filled from the highest score down.

    Parameters
    ----------
    kind : {"top_percent", "per_rep", "hybrid"}
        The best ``size`` per cent of all; the best ``size`` accounts of each rep; the best
        ``size`` per cent of all, split over segments by ``shares``.
    size : float
        Per cent, or accounts per rep.
    shares : mapping of str to float
        Of a hybrid: level of ``by`` to its share of the list, summing to 1. Seats that a level
        cannot fill go to the others, in this order.
    by : str, default "segment"
        Of a hybrid: the column that names the level.

    Raises
    ------
    ConfigError
        If size or shares are out of range.

    Examples
    --------
    >>> Scenario("top_percent", 10).name, Scenario("per_rep", 25).name
    ('top 10 %', '25 per rep')
    >>> Scenario("hybrid", 10, {"warm": 0.7, "cold": 0.3}).name
    'top 10 %: warm 70 %, cold 30 %'
    """

    kind: str
    size: float
    shares: Mapping[str, float] = field(default_factory=dict)
    by: str = SEGMENT

    def __post_init__(self) -> None:
        sums = abs(sum(self.shares.values()) - 1.0) < 1e-9
        split = sums and all(s >= 0 for s in self.shares.values())
        sound = {
            "top_percent": 0 < self.size <= 100,
            "per_rep": self.size >= 1,
            "hybrid": 0 < self.size <= 100 and split,
        }
        if not sound.get(self.kind, False):
            raise ConfigError(
                "a scenario is malformed",
                got=f"{self.kind}, size {self.size}, shares {dict(self.shares)}",
                allowed="top_percent or hybrid up to 100, per_rep from 1; shares that sum to 1",
                remedy="set forward.scenarios",
                reason_code="bad_scenario",
            )

    @property
    def name(self) -> str:
        """What a reader calls it."""
        if self.kind == "per_rep":
            return f"{self.size:g} per rep"
        split = ", ".join(f"{level} {100 * s:.0f} %" for level, s in self.shares.items())
        return f"top {self.size:g} %{': ' if split else ''}{split}"

    @property
    def column(self) -> str | None:
        """The column whose levels are the strata; None for one stratum."""
        return {"top_percent": None, "per_rep": REP, "hybrid": self.by}[self.kind]

    def quota(self, totals: np.ndarray, levels: list[str]) -> np.ndarray:
        """Rows taken from each stratum.

        Parameters
        ----------
        totals : numpy.ndarray, shape (s, B)
            Rows of each stratum in each replicate.
        levels : list of str, length s
            Their names.

        Returns
        -------
        numpy.ndarray, shape (s, B)
            Never more than there are.

        Notes
        -----
        The whole list of the kinds in per cent holds ``max(1, floor(n size / 100))`` rows.

        Examples
        --------
        >>> rule = Scenario("hybrid", 50, {"warm": 0.7, "cold": 0.3})
        >>> rule.quota(np.array([[4.0], [16.0]]), ["warm", "cold"]).ravel().tolist()
        [4.0, 6.0]
        """
        if self.kind == "per_rep":
            calls: np.ndarray = np.minimum(self.size, totals)
            return calls
        everyone = totals.sum(axis=0)
        k: np.ndarray = np.minimum(
            np.maximum(1.0, np.floor(everyone * self.size / 100 + 1e-9)), everyone
        )
        if self.kind == "top_percent":
            return k[None, :]
        return self._split(k, totals, levels)

    def _split(self, k: np.ndarray, totals: np.ndarray, levels: list[str]) -> np.ndarray:
        share = np.array([self.shares.get(level, 0.0) for level in levels])
        ordered = np.argsort([_rank(level, self.shares) for level in levels], kind="stable")
        # Rounded as running totals, so that the seats add up to the list.
        ends = np.floor(np.cumsum(share[ordered])[:, None] * k + 1e-9)
        ends[-1] = k
        taken = np.zeros_like(totals)
        taken[ordered] = np.minimum(np.diff(ends, axis=0, prepend=0.0), totals[ordered])
        for i in ordered:
            taken[i] += np.minimum(k - taken.sum(axis=0), totals[i] - taken[i])
        return taken


def _rank(level: str, shares: Mapping[str, float]) -> int:
    return list(shares).index(level) if level in shares else len(shares)
