"""Which cutoffs the training panel holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from gosales.core.errors import ConfigError, DegenerateError
from gosales.core.timeline import Cutoff, Horizon
from gosales.data.star import Star


@dataclass(frozen=True)
class TrainingCutoffs:
    """Cutoffs walked back from the requested one.

    Parameters
    ----------
    n_cutoffs : int, default 4
        At most so many.
    step_months : int, default 3
        Months between neighbours.
    min_train_history_months : int, default 6
        Least log before a training cutoff; earlier ones are left out.

    Raises
    ------
    ConfigError
        If a parameter is below its minimum.
    """

    n_cutoffs: int = 4
    step_months: int = 3
    min_train_history_months: int = 6

    def __post_init__(self) -> None:
        if self.n_cutoffs < 1 or self.step_months < 1 or self.min_train_history_months < 0:
            raise ConfigError(
                "the training panel is malformed",
                got=f"n_cutoffs={self.n_cutoffs}, step_months={self.step_months}, "
                f"min_train_history_months={self.min_train_history_months}",
                allowed="n_cutoffs >= 1, step_months >= 1, min_train_history_months >= 0",
                remedy="mend cv.training",
                reason_code="bad_training_cutoffs",
            )

    def widened(self, extra_months: int) -> Self:
        """The plan for a label window so many months longer than declared.

        Notes
        -----
        A longer window needs cutoffs farther apart for one to train and another to validate; as
        many more cutoffs as steps fit into the extra months keep such pairs.

        Examples
        --------
        >>> TrainingCutoffs().widened(3).n_cutoffs, TrainingCutoffs().widened(0).n_cutoffs
        (5, 4)
        """
        more = -(-extra_months // self.step_months)
        return replace(self, n_cutoffs=self.n_cutoffs + more)

    def before(
        self, cutoff: Cutoff, star: Star, horizon: Horizon, purge_days: int
    ) -> tuple[Cutoff, ...]:
        """The training cutoffs, earliest first.

        Parameters
        ----------
        cutoff : Cutoff
            The requested cutoff, where the forward test is.
        star : Star
            Gives the first day of the log.
        horizon : Horizon
            Label window.
        purge_days : int
            Days between the end of the last label window and ``cutoff``. This purge never
            falls back.

        Raises
        ------
        DegenerateError
            If no cutoff is left (reason code ``log_too_short``).
        """
        first = Cutoff(star.manifest.first_date)
        kept: list[Cutoff] = []
        at = cutoff.minus_months(self.step_months)
        while len(kept) < self.n_cutoffs and self._has_history(first, at):
            if horizon.usable_for(at, cutoff, purge_days):
                kept.append(at)
            at = at.minus_months(self.step_months)
        if not kept:
            raise self._too_short(first, cutoff, horizon, purge_days)
        return tuple(reversed(kept))

    def _has_history(self, first: Cutoff, at: Cutoff) -> bool:
        return first.days_until(at.minus_months(self.min_train_history_months)) >= 0

    def _too_short(
        self, first: Cutoff, cutoff: Cutoff, horizon: Horizon, purge_days: int
    ) -> DegenerateError:
        need = f"{self.min_train_history_months} months of log, then a label window of "
        need += f"{horizon.months} months, then {purge_days} days, all before the cutoff"
        return DegenerateError(
            "the log is too short to train before this cutoff",
            got=f"log from {first}, cutoff {cutoff}",
            allowed=need,
            remedy="choose a later cutoff, a longer log, a shorter label.horizon_months or a "
            "smaller cv.training.min_train_history_months",
            reason_code="log_too_short",
        )
