"""Processes that start together on a fresh project neither corrupt the store nor lose a run."""

from __future__ import annotations

import pytest

from .conftest import TINY, Project

N = 8


@pytest.mark.slow
def test_eight_trainings_at_once_on_a_fresh_project(fresh_project: Project) -> None:
    started = [
        fresh_project.start("train", "estimator=logreg", f"seed={100 + i}", *TINY) for i in range(N)
    ]
    told = [process.communicate()[1] for process in started]
    assert [process.returncode for process in started] == [0] * N, told
    runs = fresh_project.runs()
    assert [run["status"] for run in runs] == ["FINISHED"] * N
    assert len({run["run.key"] for run in runs}) == N
    versions = fresh_project.query("SELECT name, version FROM model_versions ORDER BY version")
    assert versions == [("gosales.printers", n) for n in range(1, N + 1)]
    assert sorted(int(run["version"]) for run in runs) == list(range(1, N + 1))
    assert fresh_project.query("PRAGMA integrity_check") == [("ok",)]
    assert not list((fresh_project.folder / ".gosales" / "scratch").glob("*"))
