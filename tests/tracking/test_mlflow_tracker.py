from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from gosales.core.errors import ConfigError, InternalError, TrackingError
from gosales.tracking.mlflow_tracker import PARENT_ENV, MlflowTracker, nested_under
from gosales.tracking.tracker import RunHandle, Tracker

SRC = Path(__file__).resolve().parents[2] / "src"


def test_it_is_a_tracker(tracker: MlflowTracker) -> None:
    assert isinstance(tracker, Tracker)


def test_a_run_holds_what_was_logged(tracker: MlflowTracker, tmp_path: Path) -> None:
    (tmp_path / "figure.png").write_bytes(b"png")
    with tracker.start_run("printers·2024-12-31·on·lgbm", "train", {"division": "printers"}) as run:
        assert isinstance(run, RunHandle)
        run.log_params({"cv": {"purge_days": 45}})
        run.log_metrics({"cv_auc": 0.7, "forward_auc": 0.69})
        run.log_text("# card", "model_card.md")
        run.log_artifacts(tmp_path, "figures")
        run.log_dataset("panel", "a" * 64, "tx.parquet", "training", {"x": "double"}, {"rows": 10})
        run.set_note("# card")
    found = tracker.run_data(run.id)
    assert found.info.status == "FINISHED"
    assert found.info.run_name == "printers·2024-12-31·on·lgbm"
    assert found.data.metrics == {"cv_auc": 0.7, "forward_auc": 0.69}
    assert found.data.params == {"cv.purge_days": "45"}
    assert found.data.tags["kind"] == "train"
    assert found.data.tags["mlflow.note.content"] == "# card"
    assert found.data.tags["pid"] == str(os.getpid())
    dataset = found.inputs.dataset_inputs[0]
    assert dataset.dataset.digest == "a" * 36
    assert "a" * 64 in dataset.dataset.source
    assert [t.value for t in dataset.tags if t.key == "mlflow.data.context"] == ["training"]
    card = tracker.download(run.id, "model_card.md", tmp_path / "down")
    assert card.read_text(encoding="utf-8") == "# card"
    assert tracker.download(run.id, "figures", tmp_path / "down").is_dir()


def test_runs_nest_under_the_run_of_the_block(tracker: MlflowTracker) -> None:
    with tracker.start_run("pipeline", "pipeline") as parent:
        with nested_under(parent.id), tracker.start_run("inside", "score") as child:
            pass
        assert PARENT_ENV not in os.environ
    with tracker.start_run("after", "score") as other:
        pass
    assert tracker.run_data(child.id).data.tags["mlflow.parentRunId"] == parent.id
    assert "mlflow.parentRunId" not in tracker.run_data(other.id).data.tags


def test_many_params_are_logged_in_batches(tracker: MlflowTracker) -> None:
    with tracker.start_run("many", "train") as run:
        run.log_params({f"key{i}": i for i in range(250)})
        run.log_params({"key1": "another value is not written over the first"})
    params = tracker.run_data(run.id).data.params
    assert len(params) == 250
    assert params["key1"] == "1"


def test_a_long_note_is_cut_and_says_so(tracker: MlflowTracker) -> None:
    with tracker.start_run("long", "train") as run:
        run.set_note("line\n" * 5000)
    note = tracker.run_data(run.id).data.tags["mlflow.note.content"]
    assert note.endswith("(cut here)")


def test_an_error_ends_the_run_failed(tracker: MlflowTracker) -> None:
    with pytest.raises(ConfigError, match="wrong"), tracker.start_run("bad", "train") as run:
        raise ConfigError("wrong", reason_code="why")
    found = tracker.run_data(run.id)
    assert found.info.status == "FAILED"
    assert found.data.tags["error"].startswith("why: wrong")


@pytest.mark.parametrize("error", [ValueError("boom"), InternalError("a part is broken")])
def test_an_error_of_our_own_leaves_its_traceback(
    tracker: MlflowTracker, tmp_path: Path, error: Exception
) -> None:
    with pytest.raises(type(error), match=str(error)), tracker.start_run("bad", "train") as run:
        raise error
    told = tracker.download(run.id, "traceback.txt", tmp_path).read_text(encoding="utf-8")
    assert str(error) in told
    assert "test_an_error_of_our_own_leaves_its_traceback" in told
    assert tracker.run_data(run.id).info.status == "FAILED"


@pytest.mark.parametrize(
    "error", [ConfigError("wrong"), OSError(errno.ENOSPC, "No space left on device")]
)
def test_what_the_user_can_mend_leaves_none(
    tracker: MlflowTracker, tmp_path: Path, error: Exception
) -> None:
    with pytest.raises(type(error), match="wrong|space"), tracker.start_run("bad", "train") as run:
        raise error
    with pytest.raises(TrackingError, match="traceback.txt"):
        tracker.download(run.id, "traceback.txt", tmp_path)


def test_an_interrupt_ends_the_run_killed(tracker: MlflowTracker) -> None:
    with pytest.raises(KeyboardInterrupt), tracker.start_run("stop", "train") as run:
        raise KeyboardInterrupt
    assert tracker.run_data(run.id).info.status == "KILLED"


def test_handlers_are_put_back(tracker: MlflowTracker) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with tracker.start_run("outer", "pipeline") as outer:
        inside = signal.getsignal(signal.SIGTERM)
        assert inside != before
        with tracker.start_run("inner", "train", parent_id=outer.id):
            assert signal.getsignal(signal.SIGTERM) == inside
        assert signal.getsignal(signal.SIGTERM) == inside
    assert signal.getsignal(signal.SIGTERM) == before


_SLEEPER = """
import sys, time
from gosales.tracking.store import TrackingStore
from gosales.tracking.mlflow_tracker import MlflowTracker
with MlflowTracker(TrackingStore(sys.argv[1], sys.argv[2])).start_run("sleeper", "train") as run:
    print(run.id, flush=True)
    time.sleep(60)
"""


def test_sigterm_ends_the_run_killed(tracker: MlflowTracker) -> None:
    store = tracker.store
    process = subprocess.Popen(
        [sys.executable, "-c", _SLEEPER, store.address, str(store.artifacts)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )
    assert process.stdout is not None
    run_id = process.stdout.readline().strip()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 128 + signal.SIGTERM
    process.stdout.close()
    assert tracker.run_data(run_id).info.status == "KILLED"


def test_children_nest_by_argument_and_by_environment(
    tracker: MlflowTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tracker.start_run("parent", "sweep") as parent:
        with tracker.start_run("by argument", "train", parent_id=parent.id) as one:
            pass
        monkeypatch.setenv(PARENT_ENV, parent.id)
        with tracker.start_run("by environment", "train") as two:
            pass
    for run in (one, two):
        assert tracker.run_data(run.id).data.tags["mlflow.parentRunId"] == parent.id


def test_the_run_of_mlflow_run_is_adopted_once(
    tracker: MlflowTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tracker.client.create_run("0").info.run_id
    tracker.client.log_param(given, "seed", "7")
    monkeypatch.setenv("MLFLOW_RUN_ID", given)
    with tracker.start_run("adopted", "train", {"run.key": "adopted-key"}) as run:
        run.log_params({"seed": 8, "other": 1})
        with tracker.start_run("second", "train") as second:
            pass
    assert run.id == given
    assert second.id != given
    found = tracker.run_data(given)
    assert (found.info.status, found.info.run_name) == ("FINISHED", "adopted")
    assert found.data.params == {"seed": "7", "other": "1"}
    assert tracker.find_finished("adopted-key") == given


def test_only_finished_runs_are_found_by_key(tracker: MlflowTracker) -> None:
    with pytest.raises(ValueError, match="x"), tracker.start_run("a", "train", {"run.key": "k1"}):
        raise ValueError("x")
    assert tracker.find_finished("k1") is None
    with tracker.start_run("b", "train", {"run.key": "k1"}) as run:
        assert tracker.find_finished("k1") is None
    assert tracker.find_finished("k1") == run.id


def test_a_missing_artifact_is_a_tracking_error(tracker: MlflowTracker, tmp_path: Path) -> None:
    with tracker.start_run("empty", "train") as run:
        pass
    with pytest.raises(TrackingError, match=r"artifact evidence\.json"):
        tracker.download(run.id, "evidence.json", tmp_path)


def test_the_heartbeat_beats(tracker: MlflowTracker) -> None:
    from gosales.tracking.heartbeat import heartbeat

    with tracker.start_run("alive", "train") as run:
        tracker.client.set_tag(run.id, "heartbeat", "0")
        with heartbeat(tracker.client, run.id, interval=0.02):
            deadline = time.monotonic() + 5
            while tracker.run_data(run.id).data.tags["heartbeat"] == "0":
                assert time.monotonic() < deadline, "no beat within 5 s"
                time.sleep(0.02)


def test_registered_bundles_count_up(tracker: MlflowTracker, bundle: Path) -> None:
    example = pd.DataFrame(
        {"rfm__tx_count__all__12m": [1], "profile__industry__all__static": ["x"]}
    )
    with tracker.start_run("register", "train") as run:
        run.log_metrics({"cv_auc": 0.7})
        first = run.register_bundle(
            bundle, "gosales.count", example, "# d", {"model_backed": "true"}
        )
        second = run.register_bundle(bundle, "gosales.count", example, "# d", {})
    assert (first, second) == ("1", "2")
    found = tracker.client.get_model_version("gosales.count", "1")
    assert (found.run_id, found.description) == (run.id, "# d")
    assert found.tags == {"model_backed": "true"}
