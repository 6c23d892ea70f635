"""For any cutoffs, accounts, horizon and purge: purged, disjoint, a partition, never silent."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from gosales.core.timeline import Cutoff
from gosales.evaluation.purged_grouped import PurgedGroupedSplitter
from gosales.features.panel import Panel

firsts = st.dates(date(2015, 1, 1), date(2024, 12, 31))


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """A few cutoffs; customers in accounts of one to three; rosters that change over time."""
    first = Cutoff(draw(firsts))
    cutoffs = [str(first.plus_months(draw(st.integers(1, 4)) * k)) for k in range(5)]
    cutoffs = sorted(set(cutoffs[: draw(st.integers(1, 5))]))
    n, size = draw(st.integers(60, 120)), draw(st.integers(1, 3))
    rows = [
        (f"c{i:03d}", cutoff, f"a{i // size:03d}")
        for k, cutoff in enumerate(cutoffs)
        for i in range(n)
        if (i + k) % 7  # everyone is missing from the roster at some cutoff
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "cutoff", "group"])
    frame["y"] = np.arange(len(frame)) % 2 * 1.0
    return Panel("t", frame, pd.DataFrame(index=frame.index), (), pd.DataFrame())


splitters = st.builds(
    PurgedGroupedSplitter,
    n_folds=st.integers(2, 3),
    purge_days=st.integers(0, 120),
    seed=st.integers(0, 9),
    horizon_months=st.integers(1, 7),
    buffer_days=st.integers(0, 40),
)


@given(panels(), splitters)
@settings(max_examples=60, deadline=None)
def test_purged_disjoint_and_a_partition(panel: Panel, splitter: PurgedGroupedSplitter) -> None:
    plan = splitter.plan(panel)
    validated = np.zeros(len(panel), dtype=int)
    for fold in plan.folds:
        validated[fold.valid] += 1
        assert not set(panel.groups[fold.train]) & set(panel.groups[fold.valid])
        if plan.scheme == "purged_grouped":
            for train in panel.take(fold.train).cutoffs:
                for test in panel.take(fold.valid).cutoffs:
                    closes = splitter.horizon.window(train).end
                    assert (test.day - closes).days >= splitter.purge_days
    at = panel.rows["cutoff"].to_numpy(dtype=object)
    tested = np.isin(at, np.unique(at[validated > 0]))
    assert (validated[tested] == 1).all()
    assert (validated[~tested] == 0).all()


@given(panels(), splitters)
@settings(max_examples=60, deadline=None)
def test_every_usable_pair_is_used_and_a_fall_back_is_said(
    panel: Panel, splitter: PurgedGroupedSplitter
) -> None:
    plan = splitter.plan(panel)
    usable = {
        (str(a), str(b))
        for a in panel.cutoffs
        for b in panel.cutoffs
        if (b.day - splitter.horizon.window(a).end).days >= splitter.purge_days
    }
    assert (plan.scheme == "grouped") == (not usable) == bool(plan.warnings)
    if usable:
        used = {
            (str(a), str(b))
            for fold in plan.folds
            for a in panel.take(fold.train).cutoffs
            for b in panel.take(fold.valid).cutoffs
        }
        assert used == usable
        assert {b for _, b in usable} == {f.name.split("/")[0] for f in plan.folds}
