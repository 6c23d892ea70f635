"""Events whose day an account's own earlier windows tell: no model needs to peek for them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, FIRST_EVENT_DAYS
from gosales.core.timeline import Cutoff
from gosales.evaluation.outcome_candidate import OutcomeCandidate
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext

_LONGEST_TURN_MONTHS: Final = 12  # a contract that is renewed each year comes again a year later


def foretold_events(context: GauntletContext, panel: Panel, within_days: int) -> np.ndarray:
    """Which first events fall on the day they fell on in an earlier window of the same account.

    Parameters
    ----------
    context : GauntletContext
        Candidate and log. A candidate that is no `OutcomeCandidate` foretells nothing.
    panel : Panel
        Labelled rows.
    within_days : int
        Days by which the two may differ, counted from the start of their windows.

    Returns
    -------
    numpy.ndarray of bool, shape (len(panel),)

    Notes
    -----
    The earlier windows are as long as the label's, begin whole windows before each cutoff and at
    most a year, and so end at the cutoff or before it: monthly, quarterly, half-yearly and yearly
    turns keep their place in them.
    """
    found = np.zeros(len(panel), dtype=bool)
    candidate, horizon = context.candidate, context.candidate.horizon
    if not isinstance(candidate, OutcomeCandidate):
        return found
    days = panel.rows[FIRST_EVENT_DAYS].to_numpy(dtype="float64")
    names, at = panel.rows[CUSTOMER].astype(str), panel.rows[CUTOFF].astype(str)
    first = Cutoff(context.star.manifest.first_date)
    for back in range(horizon.months, _LONGEST_TURN_MONTHS + 1, horizon.months):
        # A window with a buffer begins that much earlier, so that it ends at the cutoff.
        shift = horizon.buffer_days
        starts = {c: c.minus_months(back).minus_days(shift) for c in panel.cutoffs}
        told = sorted({s for s in starts.values() if first < s})
        if not told:
            continue
        earlier = candidate.outcomes(context.star, told)
        for cutoff, start in starts.items():
            if start in told:
                here = (at == str(cutoff)).to_numpy()
                then = _first_days(earlier.at([start])).reindex(names[here]).to_numpy()
                found[here] |= np.abs(then - shift - days[here]) <= within_days
    return found


def _first_days(panel: Panel) -> pd.Series:
    """Days from the cutoff to the first event, by account; no event is not a number."""
    values = panel.rows[FIRST_EVENT_DAYS].to_numpy(dtype="float64")
    return pd.Series(values, index=panel.rows[CUSTOMER].astype(str).to_numpy(dtype=object))
