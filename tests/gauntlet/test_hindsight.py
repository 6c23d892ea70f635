"""Surprises: outcomes without what history foretold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gosales.gauntlet.hindsight import ACTIVITY, TARGET, Hindsight


@pytest.fixture
def hindsight(audit):
    return Hindsight(audit(), 40)


def test_activity_from_the_first_cutoff_on_and_labels_of_every_cutoff(audit, hindsight):
    # 2023-03-31 to 2024-12-31 are seven whole slices of 91 days.
    activity = list(hindsight.activity())
    assert [s.what for s in activity] == [ACTIVITY] * 7
    assert (activity[0].at, activity[-1].at) == ("2023-04-04", "2024-10-01")
    labels = list(hindsight.labels())
    assert {s.what for s in labels} == {TARGET}
    assert [s.at for s in labels] == [str(c) for c in (*audit().training.cutoffs, audit().cutoff)]


def test_the_rest_is_free_of_history_and_not_of_the_outcome(hindsight):
    for surprise in [*hindsight.activity(), *hindsight.labels()]:
        assert np.abs(surprise.history.T @ surprise.rest).max() < 1e-8
        columns = np.zeros((len(hindsight.customers), 3))
        columns[surprise.accounts, 0] = surprise.outcome
        columns[surprise.accounts, 1] = surprise.history[:, 1]
        columns[surprise.accounts, 2] = 1.0
        found = surprise.correlations(columns)
        left = surprise.rest.std() / surprise.outcome.std()
        assert found.partial[0] == pytest.approx(1.0)
        assert found.of_outcome[0] == pytest.approx(left)
        assert found.of_both[0] == pytest.approx(left**2)
        # What does not vary beyond history shares nothing with a surprise.
        assert found.partial[1:].tolist() == found.of_both[1:].tolist() == [0.0, 0.0]


def test_an_event_of_few_accounts_is_left_out(audit):
    assert not list(Hindsight(audit(), 10_000).activity())
    context = audit()
    gone = replace(context, training=context.training.at([]), forward=context.forward.at([]))
    assert not list(Hindsight(gone, 40).labels())


def test_what_may_know_the_future_is_no_history(audit):
    context = audit()
    names = [s.name for s in context.training.specs if s.lookback is not None]
    whole, part = (next(Hindsight(context, 40, n).labels()) for n in ([], names[:1]))
    column = context.training.at([context.training.cutoffs[0]]).X[names[0]]
    ranks = column.rank(na_option="top").to_numpy(dtype="float64")

    def left(surprise):
        return np.abs(ranks - surprise.history @ (surprise.history.T @ ranks)).max()

    assert left(whole) < 1e-6 < left(part)
