"""The audit of a division's labels at every cutoff of a training run."""

from __future__ import annotations

import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, SEGMENT
from gosales.core.errors import DegenerateError
from gosales.core.progress import Progress
from gosales.core.timeline import Cutoff
from gosales.evaluation.window_choice import WindowChoice
from gosales.features.labelled_roster import PLACE
from gosales.labels.label_audit import OK, LabelAudit
from gosales.pipelines.assembly import Assembly, make
from gosales.pipelines.label_evidence import ROLE, TRAINING, LabelEvidence


def label_table(parts: Assembly, window: WindowChoice, progress: Progress) -> LabelEvidence:
    """Label the training cutoffs and the requested one, ready to be audited.

    Parameters
    ----------
    parts : Assembly
        The parts; their label is taken from ``window``.
    window : WindowChoice
        The window in force.
    progress : Progress
        Listener.

    Returns
    -------
    LabelEvidence
        Its ``table`` is the audit. A log too short to train has the forward rows alone.

    Raises
    ------
    DegenerateError
        If nobody is on the roster.
    """
    settled, cutoff = parts.with_label(window.label), window.cutoff
    target = parts.target
    train_at = _training(settled, cutoff)
    labelled = settled.builder.labelled(parts.star, [target], [*train_at, cutoff], progress)
    return LabelEvidence(
        audit=LabelAudit(window.label, make(parts.cfg.label_guard)),
        target=target,
        measure=target.measured_by(parts.star.manifest.label_measure),
        cutoff=str(cutoff),
        rows=labelled.rows(target).drop(columns=PLACE),
        roster=labelled.roster[[CUSTOMER, CUTOFF, SEGMENT]],
        outcomes=labelled.outcomes[target.key],
    )


def guard_warnings(table: pd.DataFrame) -> tuple[str, ...]:
    """What the guard says of training labels; that a forward window is open is no fault."""
    suspect = table[(table[ROLE] == TRAINING) & (table["guard"] != OK)]
    return tuple(
        f"labels at {line[CUTOFF]}: {line['guard']}" for line in suspect.to_dict("records")
    )


def _training(parts: Assembly, cutoff: Cutoff) -> tuple[Cutoff, ...]:
    try:
        return parts.candidate(parts.target, cutoff).training_cutoffs(parts.star)
    except DegenerateError:
        # Named by the run itself; the labels of the requested cutoff can be shown all the same.
        return ()
