"""A server ends with its command, and so does everything it started."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import pytest

from gosales.core.errors import TrackingError
from gosales.pipelines.server_process import (
    refuse_taken_port,
    server_process,
    wait_until_it_listens,
)

# A server with a worker of its own, as MLflow's has.
SERVER = """
import socket, subprocess, sys
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open("pids", "w").write(str(worker.pid))
with socket.socket() as listener:
    listener.bind(("127.0.0.1", int(sys.argv[1]))); listener.listen()
    worker.wait()
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_nothing_of_a_server_outlives_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("looks for processes in /proc")
    monkeypatch.chdir(tmp_path)
    port = free_port()
    command = [sys.executable, "-c", SERVER, str(port)]
    with pytest.raises(KeyboardInterrupt), server_process(command, {}) as server:
        assert wait_until_it_listens(server, "127.0.0.1", port)
        worker = int((tmp_path / "pids").read_text())
        assert alive(worker)
        raise KeyboardInterrupt
    deadline = time.monotonic() + 5
    while alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(worker) and server.returncode is not None


def test_a_server_that_ends_at_once_is_not_waited_for() -> None:
    with server_process([sys.executable, "-c", "raise SystemExit(3)"], {}) as server:
        assert not wait_until_it_listens(server, "127.0.0.1", free_port())
    assert server.returncode == 3


def test_a_taken_port_is_refused_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(TrackingError, match=rf"cannot listen.*127\.0\.0\.1:{port}.*port="):
            refuse_taken_port("127.0.0.1", port)
