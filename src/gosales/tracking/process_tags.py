"""Tags that say which process holds a run, and whether that process still lives."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

HOST: Final = "host"
PID: Final = "pid"
STARTED: Final = "process.started"
HEARTBEAT: Final = "heartbeat"
STALE_SECONDS: Final = 600.0
_START_FIELD: Final = 21


def _start_mark(pid: int) -> str:
    """The kernel's start time of a process: a pid is used again, this mark is not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    # The command name is in brackets and may hold blanks; fields are counted after it.
    return stat.rpartition(")")[2].split()[_START_FIELD - 2]


def process_tags() -> dict[str, str]:
    """Host, pid, start mark and first heartbeat of this process."""
    pid = os.getpid()
    return {
        HOST: socket.gethostname(),
        PID: str(pid),
        STARTED: _start_mark(pid),
        HEARTBEAT: heartbeat_now(),
    }


def heartbeat_now() -> str:
    """Seconds since 1970, as text."""
    return str(int(time.time()))


def _is_alive(pid: int, mark: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    now = _start_mark(pid)
    return not (mark and now and mark != now)


def why_dead(tags: Mapping[str, str], now: float) -> str | None:
    """Why a RUNNING run cannot be running any more, or None if it may be.

    Parameters
    ----------
    tags : mapping
        Tags of the run.
    now : float
        Seconds since 1970.

    Returns
    -------
    str or None
        A run of this host is judged by its process, one of another host by its heartbeat.
    """
    pid = tags.get(PID, "")
    if tags.get(HOST) == socket.gethostname() and pid.isdigit():
        alive = _is_alive(int(pid), tags.get(STARTED, ""))
        return None if alive else f"process {pid} on this host is gone"
    beat = tags.get(HEARTBEAT, "")
    if not beat.isdigit():
        return None
    age = now - int(beat)
    if age > STALE_SECONDS:
        return f"no heartbeat from {tags.get(HOST, 'its host')} for {age / 60:.0f} min"
    return None
