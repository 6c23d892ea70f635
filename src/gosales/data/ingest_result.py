"""A star and how it came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from gosales.data.star import Star

_SHOWN: Final = 8


@dataclass(frozen=True)
class IngestResult:
    """A star and how it came about.

    Parameters
    ----------
    star : Star
        The sealed star.
    reused : bool
        Whether an unchanged input made work unnecessary.
    facts : dict
        Plain values. ``rows`` (in, out, dropped_copies) and ``money`` per measure (in and out,
        exact, as text); ``duplicates``: exact copies of another line; ``unmapped``: SKUs the map
        does not know, largest first, with ``unmapped_share`` of gross profit; ``ignored``:
        columns that nothing declares; ``accounts``: from the log alone, and without any date.
    """

    star: Star
    reused: bool
    facts: dict[str, Any] = field(default_factory=dict)

    def notes(self) -> tuple[str, ...]:
        """The facts as lines for people."""
        f = self.facts
        lines = [f"{m}: in {v['in']}, out {v['out']}" for m, v in f.get("money", {}).items()]
        if f.get("duplicates"):
            fate = "they are dropped" if f["rows"]["dropped_copies"] else "all are kept"
            lines.append(f"{f['duplicates']:,} lines are exact copies of another; {fate}")
        if f.get("unmapped"):
            lines.append(
                f"SKUs without a place in the map ({f['unmapped_share']:.1%} of gross profit): "
                + _listed(f["unmapped"])
            )
        if f.get("ignored"):
            lines.append(f"columns that nothing declares are ignored: {_listed(f['ignored'])}")
        for what, n in f.get("accounts", {}).items():
            if n:
                lines.append(f"accounts {what}: {n:,}")
        return tuple(lines)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
