"""The search for a label window wide enough, on training cutoffs alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from gosales.core.columns import LABEL
from gosales.core.errors import ConfigError, DegenerateError
from gosales.core.progress import Progress, SilentProgress
from gosales.core.timeline import Cutoff, Horizon
from gosales.data.star import Star
from gosales.evaluation.training_cutoffs import TrainingCutoffs
from gosales.evaluation.window_choice import (
    DECLARED,
    TOO_FEW,
    TOO_SHORT,
    WIDENED,
    TriedWidth,
    WindowChoice,
)
from gosales.features.panel_builder import PanelBuilder
from gosales.labels.label_spec import LabelSpec
from gosales.labels.target import Target


@dataclass(frozen=True)
class WindowSearch:
    """Tries the windows a label allows, the shortest first.

    Parameters
    ----------
    builder : PanelBuilder
        Roster and labels.
    training : TrainingCutoffs
        Which cutoffs are trained on at the declared window.
    purge_days : int
        Days between a training label window and the requested cutoff.
    cutoff_at : callable
        The requested cutoff at a window; raises ConfigError where the log has no such day.
    progress : Progress
        Listener.

    Notes
    -----
    A window is wide enough when its training cutoffs hold ``min_positive_accounts`` accounts
    with a positive label. Every label counted closes ``purge_days`` before the requested cutoff,
    so nothing that happened later, the forward window least of all, can change the choice. A
    wider window also pushes the training cutoffs back: for a division that is being launched it
    brings fewer positives, not more. So the declared window stays unless a wider one reaches the
    number. A log is too short for a wider window when it leaves no training cutoff, or none two
    of which are a window and a purge apart where the declared one has such a pair: purged
    validation is not given up for more positives.
    """

    builder: PanelBuilder
    training: TrainingCutoffs
    purge_days: int
    cutoff_at: Callable[[Horizon], Cutoff]
    progress: Progress = field(default_factory=SilentProgress)

    def choose(self, star: Star, target: Target) -> WindowChoice:
        """The window of one target.

        Raises
        ------
        ConfigError
            If the target matches no line, or the requested cutoff lies outside the log.
        """
        declared = self.builder.label
        requested = self.cutoff_at(declared.horizon)
        widths, least = declared.widths, 1
        if declared.widening is not None:
            least = declared.widening.min_positive_accounts
        tried: list[TriedWidth] = []
        purged = False
        for months in widths if len(widths) > 1 else ():
            found = self._try(declared.widened_to(months), star, target)
            if found is None or (purged and not self._is_purged(found)):
                break
            purged = purged or self._is_purged(found)
            tried.append(found)
            if found.positive_accounts >= least:
                label = declared.widened_to(months)
                outcome = DECLARED if months == declared.declared_months else WIDENED
                return WindowChoice(label, found.cutoff, outcome, tuple(tried))
        outcome = DECLARED
        if tried:
            outcome = TOO_FEW if len(tried) == len(widths) else TOO_SHORT
        return WindowChoice(declared, requested, outcome, tuple(tried))

    def _try(self, label: LabelSpec, star: Star, target: Target) -> TriedWidth | None:
        """What one window brings; None where the log cannot carry it."""
        try:
            cutoff = self.cutoff_at(label.horizon)
        except ConfigError:
            return None
        try:
            training = self.training.widened(label.horizon_months - label.declared_months)
            at = training.before(cutoff, star, label.horizon, self.purge_days)
            builder = replace(self.builder, label=label)
            rows = builder.labelled(star, [target], at, self.progress).rows(target)
        except DegenerateError:
            # Too short a log or an empty roster: the run itself names what is wrong.
            return None
        positive = rows.loc[rows[LABEL] == 1.0, "group"].astype(str).unique()
        return TriedWidth(label.horizon_months, cutoff, at, tuple(sorted(positive)))

    def _is_purged(self, width: TriedWidth) -> bool:
        """Whether one of its cutoffs can validate what another has trained."""
        horizon = Horizon(width.months, self.builder.label.buffer_days)
        first, last = width.training_cutoffs[0], width.training_cutoffs[-1]
        return horizon.usable_for(first, last, self.purge_days)
