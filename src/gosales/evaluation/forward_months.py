"""Which months a frozen model can be judged at: after all it learned from, and complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gosales.core.errors import ConfigError
from gosales.core.timeline import Cutoff, Horizon


@dataclass(frozen=True)
class ForwardMonths:
    """Evaluation cutoffs of a model whose training is over.

    Parameters
    ----------
    step_months : int, default 1
        Months between neighbours.
    max_months : int, default 24
        At most so many cutoffs; a longer span is thinned out evenly.

    Raises
    ------
    ConfigError
        If a parameter is below 1.

    Examples
    --------
    >>> days = [Cutoff.parse(d) for d in ("2023-12-31", "2024-03-31")]
    >>> found = ForwardMonths().until(Cutoff.parse("2024-12-31"), days, Horizon(6), 45)
    >>> print(*found)
    2024-11-30 2024-12-31
    """

    step_months: int = 1
    max_months: int = 24

    def __post_init__(self) -> None:
        if self.step_months < 1 or self.max_months < 1:
            raise ConfigError(
                "the months to evaluate are malformed",
                got=f"step_months={self.step_months}, max_months={self.max_months}",
                allowed="both 1 or more",
                remedy="set forward.months",
                reason_code="bad_forward_months",
            )

    def until(
        self, last: Cutoff, training: Sequence[Cutoff], horizon: Horizon, purge_days: int
    ) -> tuple[Cutoff, ...]:
        """Cutoffs walked back from ``last`` as long as no training label reaches them.

        Parameters
        ----------
        last : Cutoff
            The latest cutoff to judge.
        training : sequence of Cutoff
            Cutoffs whose labels the model learned from.
        horizon : Horizon
            Their label window, as in force.
        purge_days : int
            Days between the end of a training label window and a cutoff to judge.

        Returns
        -------
        tuple of Cutoff
            Earliest first; empty when even ``last`` lies too early. ``last`` stays when the span
            is thinned out.
        """
        found: list[Cutoff] = []
        at = last
        while is_ahead(at, training, horizon, purge_days):
            found.append(at)
            # From the last day each time: stepping from month end to month end may drift.
            at = last.minus_months(self.step_months * len(found))
        every = -(-len(found) // self.max_months) if found else 1
        return tuple(reversed(found[::every]))

    def latest_complete(self, anchor: Cutoff, horizon: Horizon, last_day: date) -> Cutoff | None:
        """The latest cutoff in steps from ``anchor`` whose label window the log completes.

        Parameters
        ----------
        anchor : Cutoff
            Where the steps start; they go forward only.
        horizon : Horizon
            Label window.
        last_day : datetime.date
            Last day of the log.

        Returns
        -------
        Cutoff or None
            None when the window of ``anchor`` itself is open.
        """
        found, steps, at = None, 0, anchor
        while horizon.is_complete(at, last_day):
            found, steps = at, steps + 1
            at = anchor.plus_months(self.step_months * steps)
        return found


def is_ahead(cutoff: Cutoff, training: Sequence[Cutoff], horizon: Horizon, purge_days: int) -> bool:
    """Whether every training label closes at least ``purge_days`` before a cutoff."""
    return bool(training) and all(horizon.usable_for(c, cutoff, purge_days) for c in training)
