"""The candidate's panel without any cache, built once for all checks that need one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.evaluation.candidate import Candidate
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext

_KEPT: Final = "fresh panel"
_ANNOUNCED: Final = "checks that need a fresh panel"


@runtime_checkable
class NeedsFreshPanel(Protocol):
    """A check that will ask for a panel at cutoffs it can tell beforehand."""

    def fresh_cutoffs(self, context: GauntletContext) -> list[Cutoff]:
        """The cutoffs."""


def announce(context: GauntletContext, checks: Iterable[object]) -> None:
    """Tell which checks will ask, so that one pass can serve them all."""
    context.shared[_ANNOUNCED] = [c for c in checks if isinstance(c, NeedsFreshPanel)]


def fresh_panel(context: GauntletContext, cutoffs: Sequence[Cutoff]) -> Panel:
    """Roster, labels and features at some cutoffs, computed anew from the star.

    Parameters
    ----------
    context : GauntletContext
        Candidate and star.
    cutoffs : sequence of Cutoff
        Where.

    Notes
    -----
    A pass over one cutoff costs nearly as much as one over ten, so the first caller's pass holds
    every cutoff that was announced.
    """
    made_of = (context.candidate, context.star)
    kept: _Kept | None = context.shared.get(_KEPT)
    if kept is None or not kept.serves(made_of, cutoffs):
        asking: list[NeedsFreshPanel] = context.shared.get(_ANNOUNCED, [])
        wanted = {*cutoffs, *(c for check in asking for c in check.fresh_cutoffs(context))}
        panel = context.candidate.build(context.star, sorted(wanted), cached=False)
        kept = context.shared[_KEPT] = _Kept(made_of, frozenset(wanted), panel)
    return kept.panel.at(cutoffs)


@dataclass(frozen=True)
class _Kept:
    made_of: tuple[Candidate, Star]
    cutoffs: frozenset[Cutoff]
    panel: Panel

    def serves(self, made_of: tuple[Candidate, Star], cutoffs: Sequence[Cutoff]) -> bool:
        same = all(a is b for a, b in zip(self.made_of, made_of, strict=True))
        return same and self.cutoffs.issuperset(cutoffs)
