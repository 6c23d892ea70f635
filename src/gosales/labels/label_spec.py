"""What counts as buying, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from gosales.core.errors import ConfigError
from gosales.core.slug import name_key
from gosales.core.timeline import Horizon
from gosales.labels.widening import Widening

MODES = ("all", "expansion", "new_logo")


@dataclass(frozen=True)
class LabelSpec:
    """Label window, mode and denylist.

    Parameters
    ----------
    horizon_months : int, default 6
        Length of the label window: the one in force, at training and forward alike.
    buffer_days : int, default 0
        Days between the cutoff and the window; the whole window moves.
    mode : {"all", "expansion", "new_logo"}, default "all"
        ``all``: everyone on the roster; ``expansion``: bought something before, but never this
        target; ``new_logo``: never bought anything.
    denylist : sequence of str
        SKUs that do not count.
    widening : Widening or None
        How far the window may grow for a sparse target; None keeps it as declared.
    widened_from : int, optional
        Months that were declared, where the window has grown; set by `widened_to`.

    Raises
    ------
    ConfigError
        If the mode is unknown, the denylist is not a list, or the window is malformed.
    """

    horizon_months: int = 6
    buffer_days: int = 0
    mode: str = "all"
    denylist: Sequence[str] = ()
    widening: Widening | None = field(default_factory=Widening)
    widened_from: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.denylist, str):
            raise ConfigError(
                "the denylist is not a list",
                got=repr(self.denylist),
                allowed="a list of SKUs",
                remedy=f"write label.denylist=[{self.denylist}]",
                reason_code="bad_denylist",
            )
        object.__setattr__(self, "denylist", tuple(str(s) for s in self.denylist))
        if self.mode not in MODES:
            raise ConfigError(
                "the label mode is unknown",
                got=repr(self.mode),
                allowed=", ".join(MODES),
                remedy="set label.mode",
                reason_code="bad_label_mode",
            )
        Horizon(self.horizon_months, self.buffer_days)

    @property
    def horizon(self) -> Horizon:
        """The label window in force."""
        return Horizon(self.horizon_months, self.buffer_days)

    @property
    def declared_months(self) -> int:
        """Length of the window as configured, before any widening."""
        return self.horizon_months if self.widened_from is None else self.widened_from

    @property
    def widths(self) -> tuple[int, ...]:
        """Window lengths that may be tried in months, the declared one first."""
        months = self.declared_months
        return (months,) if self.widening is None else self.widening.widths(months)

    def widened_to(self, months: int) -> Self:
        """The same label over a window of another length, which remembers the declared one."""
        declared = self.declared_months
        grown = None if months == declared else declared
        return replace(self, horizon_months=months, widened_from=grown)

    @property
    def denied_keys(self) -> frozenset[str]:
        """Keys of the SKUs that do not count."""
        return frozenset(name_key(s) for s in self.denylist)
