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
        columns that nothing declares; ``repaired``: values per column whose mojibake was put
        right; ``left_out``: column pairs of a wide log that are no SKU of the map, with their
        lines and exact sums; ``accounts``: from the log alone, and without any date.
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
        for sku, sums in f.get("left_out", {}).items():
            lines.append(
                f"columns {sku} are no SKU of the map and are left out: {sums['lines']:,} lines, "
                f"gross profit {sums['gross_profit']}, quantity {sums['quantity']}"
            )
        if f.get("repaired"):
            counts = [f"{column} {n:,}" for column, n in f["repaired"].items()]
            lines.append(f"values whose mojibake was put right: {_listed(counts)}")
        for what, n in f.get("accounts", {}).items():
            if n:
                lines.append(f"accounts {what}: {n:,}")
        return tuple(lines)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
