"""How far a label window may grow where a target is bought too seldom."""

from __future__ import annotations

from dataclasses import dataclass

from gosales.core.errors import ConfigError


@dataclass(frozen=True)
class Widening:
    """Steps and end of the widening, and what it is for.

    Parameters
    ----------
    step_months : int, default 3
        Months added at a time.
    max_months : int, default 12
        Widest window.
    min_positive_accounts : int, default 30
        Positive accounts on the training cutoffs that make a window wide enough.
    must_reach : bool, default False
        What happens where no window brings that many. False: the declared window stays, with a
        warning. True: the division ends with a named outcome.

    Raises
    ------
    ConfigError
        If a number is below its minimum.

    Examples
    --------
    >>> Widening().widths(6)
    (6, 9, 12)
    >>> Widening(max_months=8).widths(6)
    (6,)
    """

    step_months: int = 3
    max_months: int = 12
    min_positive_accounts: int = 30
    must_reach: bool = False

    def __post_init__(self) -> None:
        if min(self.step_months, self.max_months, self.min_positive_accounts) < 1:
            raise ConfigError(
                "the widening of the label window is malformed",
                got=f"step_months={self.step_months}, max_months={self.max_months}, "
                f"min_positive_accounts={self.min_positive_accounts}",
                allowed="1 or more each",
                remedy="mend label.widening, or set label.widening=null for one width only",
                reason_code="bad_widening",
            )

    def widths(self, declared_months: int) -> tuple[int, ...]:
        """Window lengths to try in months, the declared one first."""
        wider = range(declared_months + self.step_months, self.max_months + 1, self.step_months)
        return (declared_months, *wider)
