"""Labels of the accounts in windows other than the panel's."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER
from gosales.core.timeline import Cutoff
from gosales.evaluation.outcome_candidate import OutcomeCandidate
from gosales.gauntlet.context import GauntletContext


def window_labels(
    context: GauntletContext, wanted: Iterable[Cutoff], customers: pd.Index
) -> dict[Cutoff, np.ndarray]:
    """Who bought the target in the label window of each of some cutoffs.

    Parameters
    ----------
    context : GauntletContext
        Candidate and log. A candidate that is no `OutcomeCandidate` cannot tell.
    wanted : iterable of Cutoff
        Cutoffs whose label windows the log covers.
    customers : pandas.Index
        Whose labels to give, in this order.

    Returns
    -------
    dict of Cutoff to numpy.ndarray, shape (len(customers),)
        0 or 1; 0 for who was not on that cutoff's roster. Empty when the candidate cannot tell.
    """
    candidate, cutoffs = context.candidate, sorted(set(wanted))
    if not cutoffs or not isinstance(candidate, OutcomeCandidate):
        return {}
    panel = candidate.outcomes(context.star, cutoffs)
    found = {}
    for cutoff in cutoffs:
        here = panel.at([cutoff])
        names = pd.Index(here.rows[CUSTOMER].astype(str).to_numpy(dtype=object), dtype=object)
        place = customers.get_indexer(names)
        y = np.zeros(len(customers))
        y[place[place >= 0]] = here.y[place >= 0]
        found[cutoff] = y
    return found
