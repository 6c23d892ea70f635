"""Looks are told by the runs themselves, whatever became of them."""

from __future__ import annotations

import pytest

from gosales.core.errors import InternalError
from gosales.tracking.forward_looks import forward_looks, look_tags
from gosales.tracking.mlflow_tracker import MlflowTracker
from gosales.tracking.run_search import ANY, search_runs

DIVISION = "looked_at"


def look(tracker: MlflowTracker, kind: str, *cutoffs: str, division: str = DIVISION) -> str:
    with tracker.start_run("look", kind, {"division": division, **look_tags(cutoffs)}) as run:
        return run.id


def test_every_kind_counts_and_so_does_a_run_that_failed(tracker: MlflowTracker) -> None:
    look(tracker, "train", "2024-12-31")
    look(tracker, "gauntlet", "2024-12-31", "2024-11-30")
    look(tracker, "train", "2024-12-31", division="another")
    look(tracker, "score")  # scores look at no outcome
    tags = {"division": DIVISION, **look_tags(["2024-12-31"])}
    with (
        pytest.raises(RuntimeError, match="after looking"),
        tracker.start_run("x", "validate", tags),
    ):
        raise RuntimeError("after looking")
    found = forward_looks(tracker, DIVISION)
    assert dict(found.by_cutoff) == {
        "2024-11-30": {"gauntlet": 1},
        "2024-12-31": {"gauntlet": 1, "train": 1, "validate": 1},
    }
    assert (found.count("2024-12-31"), found.count("2025-01-31")) == (3, 0)
    assert forward_looks(tracker, "nobody").by_cutoff == {}


def test_the_newest_finished_run_comes_first(tracker: MlflowTracker) -> None:
    ids = [look(tracker, "validate", "2024-12-31", division="widths") for _ in range(2)]
    tags = {"kind": "validate", "division": "widths"}
    assert [r.info.run_id for r in search_runs(tracker, tags, finished=True)] == ids[::-1]
    assert not list(search_runs(tracker, {"division": "widths", "version": ANY}))


def test_a_quote_in_a_name_is_refused(tracker: MlflowTracker) -> None:
    with pytest.raises(InternalError, match="holds a quote"):
        list(search_runs(tracker, {"division": "it's"}))
