from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from gosales.gauntlet.foretold_events import foretold_events


class Told:
    """Says of every earlier window that each account's first event fell so many days later."""

    def __init__(self, panel, horizon, later):
        self.panel, self.horizon, self.later = panel, horizon, later
        self.asked = []

    def outcomes(self, star, cutoffs):
        self.asked += list(cutoffs)
        rows = self.panel.rows.drop_duplicates("customer_id")
        days = rows["first_event_days"] + self.later
        parts = [rows.assign(cutoff=str(c), first_event_days=days) for c in cutoffs]
        whole = pd.concat(parts, ignore_index=True)
        return SimpleNamespace(
            at=lambda wanted: SimpleNamespace(rows=whole[whole["cutoff"] == str(wanted[0])])
        )


def context_of(audit, later):
    context = audit()
    newest = context.training.at([context.training.cutoffs[-1]])
    candidate = Told(newest, context.candidate.horizon, later)
    return replace(context, candidate=candidate), newest


@pytest.mark.parametrize(("later", "share"), [(0, 1.0), (5, 1.0), (-5, 1.0), (6, 0.0), (-6, 0.0)])
def test_an_event_is_foretold_by_the_same_day_of_an_earlier_window(audit, later, share):
    context, panel = context_of(audit, later)
    found = foretold_events(context, panel, 5)
    assert found[panel.y > 0].mean() == share
    assert not found[panel.y == 0].any()


def test_windows_end_at_the_cutoff_and_go_back_a_year(audit):
    context, panel = context_of(audit, 0)
    foretold_events(context, panel, 5)
    months = context.candidate.horizon.months
    at = panel.cutoffs[0]
    backs = range(months, 13, months)
    assert context.candidate.asked == [at.minus_months(back) for back in backs]


def test_a_candidate_that_cannot_tell_foretells_nothing(audit):
    context, panel = context_of(audit, 0)
    dumb = SimpleNamespace(horizon=context.candidate.horizon)
    found = foretold_events(replace(context, candidate=dumb), panel, 5)
    assert found.dtype == np.bool_ and not found.any()
