from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from omegaconf import OmegaConf

from gosales.core.errors import ConfigError
from gosales.tracking.mlflow_tracker import PARENT_ENV, MlflowTracker
from gosales.tracking.run_table import recent_runs
from gosales.tracking.sweep import SweepCallback, close_sweep, open_sweep, worst_status


def _config(tracker: MlflowTracker) -> object:
    store = tracker.store
    return OmegaConf.create(
        {
            "command": "train",
            "tracking": {"_target_": "x", "uri": store.uri, "artifacts": store.artifacts},
            "hydra": {"overrides": {"task": ["division=printers,training"]}},
        }
    )


def test_the_callback_opens_a_parent_that_jobs_nest_under(tracker: MlflowTracker) -> None:
    SweepCallback().on_multirun_start(_config(tracker))  # type: ignore[arg-type]
    parent = os.environ[PARENT_ENV]
    for division in ("printers", "training"):
        with tracker.start_run(division, "train", {"division": division}) as run:
            run.log_metrics({"cv_auc": 0.7})
    os.environ.pop(PARENT_ENV)
    table = close_sweep(parent)
    assert table["division"].tolist() == ["printers", "training"]
    found = tracker.run_data(parent)
    assert found.info.status == "FINISHED"
    assert found.info.run_name == "sweep train division=printers,training"
    assert found.data.tags["kind"] == "sweep"


def test_the_parent_takes_the_worst_status_and_holds_the_table(
    tracker: MlflowTracker, tmp_path: Path
) -> None:
    parent = open_sweep(tracker, "train", ["estimator=lgbm,logreg"])
    with tracker.start_run("good|one", "train", parent_id=parent) as run:
        run.log_metrics({"cv_auc": 0.7})
    with pytest.raises(ValueError, match="boom"), tracker.start_run("bad", "train", {}, parent):
        raise ValueError("boom")
    table = close_sweep(parent, tracker.store)
    assert tracker.run_data(parent).info.status == "FAILED"
    assert table["status"].tolist() == ["FINISHED", "FAILED"]
    csv = pd.read_csv(tracker.download(parent, "sweep.csv", tmp_path))
    assert csv["cv_auc"].tolist()[0] == 0.7
    markdown = tracker.download(parent, "sweep.md", tmp_path).read_text(encoding="utf-8")
    assert "good\\|one" in markdown
    assert "boom" in markdown
    assert tracker.run_data(parent).data.tags["mlflow.note.content"] == markdown


def test_a_sweep_whose_jobs_never_opened_a_run_failed(tracker: MlflowTracker) -> None:
    parent = open_sweep(tracker, "train", [])
    assert close_sweep(parent, tracker.store).empty
    assert tracker.run_data(parent).info.status == "FAILED"


def test_a_failure_outside_the_children_counts(tracker: MlflowTracker) -> None:
    parent = open_sweep(tracker, "train", [])
    with tracker.start_run("good", "train", parent_id=parent):
        pass
    close_sweep(parent, tracker.store, failed=True)
    assert tracker.run_data(parent).info.status == "FAILED"


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        (["FINISHED", "FINISHED"], "FINISHED"),
        (["FINISHED", "RUNNING"], "KILLED"),
        (["KILLED", "FAILED"], "FAILED"),
        ([], "FAILED"),
    ],
)
def test_worst_status(statuses: list[str], worst: str) -> None:
    assert worst_status(statuses) == worst


def test_a_file_store_is_refused_by_the_callback_too() -> None:
    config = OmegaConf.create({"tracking": {"uri": "./mlruns"}})
    with pytest.raises(ConfigError, match="file store"):
        SweepCallback().on_multirun_start(config)


def test_recent_runs_are_newest_first(tracker: MlflowTracker) -> None:
    for name in ("older", "newer"):
        with tracker.start_run(name, "score"):
            pass
    table = recent_runs(tracker, limit=2, kind="score")
    assert table["name"].tolist() == ["newer", "older"]
    assert set(table["status"]) == {"FINISHED"}
