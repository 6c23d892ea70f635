"""Which label window a target gets: the declared one, or a wider one where buyers are few."""

from __future__ import annotations

from dataclasses import dataclass

from gosales.core.errors import DegenerateError
from gosales.core.timeline import Cutoff
from gosales.labels.label_spec import LabelSpec
from gosales.labels.widening import Widening

DECLARED = "declared"
WIDENED = "widened"
TOO_FEW = "too_few_positives"
TOO_SHORT = "log_too_short_to_widen"


@dataclass(frozen=True)
class TriedWidth:
    """One window length and what it brought.

    Parameters
    ----------
    months : int
        Length of the window.
    cutoff : Cutoff
        The requested cutoff at this length.
    training_cutoffs : tuple of Cutoff
        Whose labels were counted; all close a purge before the cutoff.
    accounts : tuple of str
        Accounts with a positive label there, sorted.
    """

    months: int
    cutoff: Cutoff
    training_cutoffs: tuple[Cutoff, ...]
    accounts: tuple[str, ...]

    @property
    def positive_accounts(self) -> int:
        """How many accounts have a positive label there."""
        return len(self.accounts)


@dataclass(frozen=True)
class WindowChoice:
    """The window in force, and how it was chosen.

    Parameters
    ----------
    label : LabelSpec
        With the window in force.
    cutoff : Cutoff
        The requested cutoff at this window.
    outcome : str
        ``declared`` (enough positive accounts, or nothing to try), ``widened``,
        ``too_few_positives`` (none of the windows allowed brings enough) or
        ``log_too_short_to_widen`` (the next wider one does not fit the log).
    tried : tuple of TriedWidth
        In the order tried; empty when the window may not grow.
    """

    label: LabelSpec
    cutoff: Cutoff
    outcome: str = DECLARED
    tried: tuple[TriedWidth, ...] = ()

    @property
    def sentence(self) -> str:
        """What a reader must know; empty when the window is as declared and that is well."""
        if self.outcome == DECLARED:
            return ""
        counts = ", ".join(f"{t.positive_accounts} at {t.months} months" for t in self.tried)
        widening = self.label.widening or Widening()
        least, widest = widening.min_positive_accounts, widening.max_months
        months = self.label.horizon_months
        if self.outcome == WIDENED:
            return (
                f"the label window is widened from {self.label.declared_months} to {months} "
                f"months: positive accounts on the training cutoffs are {counts}, {least} wanted"
            )
        why = "the log is too short for a wider window"
        if self.outcome == TOO_FEW:
            why = f"no window of up to {widest} months brings them"
        return (
            f"few positive accounts on the training cutoffs: {counts}, {least} wanted; {why}, so "
            f"it stays at {months} months"
        )

    def require(self) -> None:
        """Refuse a division that stays below the wanted number, where the configuration says so.

        Raises
        ------
        DegenerateError
            With the outcome as its reason code.
        """
        widening = self.label.widening
        if self.outcome in (DECLARED, WIDENED) or widening is None or not widening.must_reach:
            return
        counts = ", ".join(f"{t.positive_accounts} at {t.months} months" for t in self.tried)
        raise DegenerateError(
            "too few accounts bought the target on the training cutoffs"
            if self.outcome == TOO_FEW
            else "the log is too short for a label window wide enough",
            got=f"positive accounts: {counts}",
            allowed=f"{widening.min_positive_accounts} or more with a window of at most "
            f"{widening.max_months} months",
            remedy="lower label.widening.min_positive_accounts, set "
            "label.widening.must_reach=false, or bring a longer log",
            reason_code=self.outcome,
        )
