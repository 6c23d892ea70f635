"""One real store for all tests of this folder; the environment is put back after each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gosales.tracking.mlflow_tracker import MlflowTracker
from gosales.tracking.store import TrackingStore


@pytest.fixture(autouse=True)
def clean_environment() -> Iterator[None]:
    saved = dict(os.environ)
    for name in (
        "MLFLOW_TRACKING_URI",
        "MLFLOW_REGISTRY_URI",
        "MLFLOW_RUN_ID",
        "GOSALES_PARENT_RUN_ID",
    ):
        os.environ.pop(name, None)
    yield
    os.environ.clear()
    os.environ.update(saved)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> TrackingStore:
    folder = tmp_path_factory.mktemp("project")
    return TrackingStore(f"sqlite:///{folder}/mlflow.db", str(folder / "mlartifacts"))


@pytest.fixture(scope="session")
def tracker(store: TrackingStore) -> MlflowTracker:
    saved = dict(os.environ)
    tracker = MlflowTracker(store)
    assert tracker.experiment_id
    os.environ.clear()
    os.environ.update(saved)
    return tracker


@pytest.fixture()
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "model.json").write_text('{"state": 1}\n')
    return folder
