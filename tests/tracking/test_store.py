from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from gosales.core.errors import ConfigError, TrackingError
from gosales.tracking.mlflow_tracker import MlflowTracker
from gosales.tracking.store import EXPERIMENT_KIND, TrackingStore

SRC = Path(__file__).resolve().parents[2] / "src"


@pytest.mark.parametrize(
    "uri",
    ["mlruns", "./mlruns", "file:///x/mlruns", "C:\\mlruns", "sqlite://", "sqlite:///:memory:"],
)
def test_unsafe_stores_are_refused(uri: str) -> None:
    with pytest.raises(ConfigError, match=r"file store.*leave tracking\.uri out"):
        TrackingStore(uri)


def test_a_server_without_address_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"set tracking\.uri=http"):
        TrackingStore(None)


def test_relative_paths_become_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    store = TrackingStore()
    assert store.database == tmp_path / "mlflow.db"
    assert store.artifact_root == (tmp_path / "mlartifacts").as_uri()


def test_the_experiment_opens_on_model_training(tracker: MlflowTracker) -> None:
    found = tracker.client.get_experiment_by_name("gosales")
    assert found.tags[EXPERIMENT_KIND[0]] == EXPERIMENT_KIND[1]
    assert found.artifact_location == tracker.store.artifact_root


def test_the_experiment_says_how_to_read_it(tracker: MlflowTracker) -> None:
    found = tracker.client.get_experiment_by_name("gosales")
    assert "tags.kind = 'train'" in found.tags["mlflow.note.content"]


def test_a_store_cut_short_in_the_making_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow.store.db.utils as db

    store = TrackingStore(f"sqlite:///{tmp_path}/mlflow.db", str(tmp_path / "artifacts"))
    whole = db._initialize_tables

    def cut_short(engine: Any) -> None:
        whole(engine)
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(db, "_initialize_tables", cut_short)
    with pytest.raises(TrackingError, match="disk is full"):
        store.connect()
    assert [p.name for p in tmp_path.iterdir()] == [".mlflow.db.locks"]
    monkeypatch.setattr(db, "_initialize_tables", whole)
    assert store.experiment_id(store.connect())


def test_locks_do_not_litter_the_project(tracker: MlflowTracker) -> None:
    assert tracker.store.database is not None
    names = {p.name for p in tracker.store.database.parent.iterdir()}
    assert ".mlflow.db.locks" in names
    assert not [name for name in names if name.endswith(".lock")]


def test_no_stray_mlruns_and_default_experiment_beside_ours(tracker: MlflowTracker) -> None:
    assert tracker.store.artifact_root is not None
    default = tracker.client.get_experiment("0")
    assert default.artifact_location.startswith(tracker.store.artifact_root)


def _unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_unreachable_server_says_so_at_once(scheme: str) -> None:
    store = TrackingStore(f"{scheme}://127.0.0.1:{_unused_port()}", None)
    started = time.monotonic()
    with pytest.raises(TrackingError, match=r"does not answer.*use tracking=sqlite") as caught:
        store.connect()
    assert time.monotonic() - started < 5
    assert caught.value.exit_code == 2


def test_a_server_that_listens_and_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gosales.tracking.store_probe._ANSWER_SECONDS", 0.1)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        uri = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(TrackingError, match="does not answer"):
            TrackingStore(uri, None).connect()


def test_missing_driver_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match="driver is not installed"):
        TrackingStore("postgresql+nosuch://ann:s3cret@127.0.0.1/db").connect()


def test_passwords_stay_out_of_messages() -> None:
    with pytest.raises(ConfigError) as caught:
        TrackingStore("postgresql+nosuch://ann:s3cret@127.0.0.1/db").connect()
    assert "s3cret" not in str(caught.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("this is not a database at all\n" * 100)
    started = time.monotonic()
    with pytest.raises(TrackingError, match="cannot be read.*move the file away"):
        TrackingStore(f"sqlite:///{tmp_path}/mlflow.db").connect()
    assert time.monotonic() - started < 5


def _store_one_revision_behind(database: Path) -> str:
    import mlflow.store.db.utils as db
    from alembic import command
    from alembic.script import ScriptDirectory

    config = db._get_alembic_config("")
    script = ScriptDirectory.from_config(config)
    older = str(script.get_revision(script.get_current_head()).down_revision)
    engine = db.create_sqlalchemy_engine(f"sqlite:///{database}")
    db.InitialBase.metadata.create_all(engine)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, older)
    engine.dispose()
    return older


def test_an_older_store_is_backed_up_and_migrated(tmp_path: Path) -> None:
    database = tmp_path / "mlflow.db"
    older = _store_one_revision_behind(database)
    tracker = MlflowTracker(TrackingStore(f"sqlite:///{database}", str(tmp_path / "artifacts")))
    with tracker.start_run("after", "train") as run:
        run.log_metrics({"cv_auc": 0.5})
    assert (tmp_path / f"mlflow.db.{older}.bak").is_file()


def test_importing_the_room_does_not_import_mlflow() -> None:
    code = (
        "import sys; import gosales.tracking, gosales.tracking.mlflow_tracker, "
        "gosales.tracking.model_registry; assert 'mlflow' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(SRC)}
    )


_WORKER = """
import sys, pathlib, pandas as pd
from gosales.tracking.store import TrackingStore
from gosales.tracking.mlflow_tracker import MlflowTracker
number = sys.argv[1]
bundle = pathlib.Path(f"bundle{number}"); bundle.mkdir()
(bundle / "model.json").write_text(number)
tracker = MlflowTracker(TrackingStore())
with tracker.start_run(f"run {number}", "train") as run:
    run.log_metrics({f"m{i}": float(i) for i in range(50)})
    run.log_params({"number": number})
    run.register_bundle(bundle, "gosales.any", pd.DataFrame({"x": [1.0]}), "d", {"n": number})
"""


@pytest.mark.slow
def test_eight_processes_on_a_fresh_project(tmp_path: Path) -> None:
    """METHODS §10.1: parallel processes on a fresh store used to corrupt it for good."""
    env = {**os.environ, "PYTHONPATH": str(SRC)}
    script = tmp_path / "worker.py"
    script.write_text(textwrap.dedent(_WORKER))
    workers = [
        subprocess.Popen(
            [sys.executable, str(script), str(i)],
            cwd=tmp_path,
            env=env,
            stderr=subprocess.PIPE,
            text=True,
        )
        for i in range(8)
    ]
    errors = [worker.communicate(timeout=300)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 8, "\n".join(errors)
    database = sqlite3.connect(tmp_path / "mlflow.db")
    assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    assert database.execute("select status, count(*) from runs group by 1").fetchall() == [
        ("FINISHED", 8)
    ]
    versions = database.execute("select version from model_versions order by version").fetchall()
    assert [v for (v,) in versions] == list(range(1, 9))
    assert database.execute(
        "select count(*) from experiments where name = 'gosales'"
    ).fetchone() == (1,)
    database.close()
