from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gosales.tracking.mlflow_tracker import MlflowTracker
from gosales.tracking.process_tags import STALE_SECONDS, process_tags, why_dead
from gosales.tracking.reconcile import reconcile


def _dead_pid() -> str:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return str(child.pid)


def test_this_process_is_not_dead() -> None:
    assert why_dead(process_tags(), time.time()) is None


def test_a_gone_process_of_this_host_is_dead_however_fresh_its_beat() -> None:
    tags = {**process_tags(), "pid": _dead_pid()}
    assert "is gone" in str(why_dead(tags, time.time()))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no start times without /proc")
def test_a_pid_used_again_is_not_taken_for_the_old_process() -> None:
    tags = {**process_tags(), "process.started": "1"}
    assert "is gone" in str(why_dead(tags, time.time()))


def test_another_host_is_judged_by_its_heartbeat() -> None:
    now = time.time()
    tags = {"host": socket.gethostname() + "-other", "pid": str(os.getpid())}
    fresh, stale = str(int(now - 60)), str(int(now - STALE_SECONDS - 60))
    assert why_dead({**tags, "heartbeat": fresh}, now) is None
    assert "no heartbeat" in str(why_dead({**tags, "heartbeat": stale}, now))
    assert why_dead(tags, now) is None


def test_only_dead_runs_are_killed(tracker: MlflowTracker) -> None:
    dead = tracker.client.create_run(
        tracker.experiment_id, tags={**process_tags(), "pid": _dead_pid()}, run_name="dead"
    )
    with tracker.start_run("alive", "train") as alive:
        ended = reconcile(tracker)
        assert [one.run_id for one in ended] == [dead.info.run_id]
        assert tracker.run_data(alive.id).info.status == "RUNNING"
    found = tracker.run_data(dead.info.run_id)
    assert found.info.status == "KILLED"
    assert "is gone" in found.data.tags["error"]
    assert reconcile(tracker) == []
