"""A process that is watched: ended when it takes too long or too much memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

EVERY_S = 0.2
PAGE = os.sysconf("SC_PAGE_SIZE")
GB = 1024**3


def watched(command: list[str], timeout_s: float, memory_gb: float) -> dict[str, Any]:
    """Run a contender to its end, or end it.

    Parameters
    ----------
    command : list of str
        Prints one line of JSON last.
    timeout_s, memory_gb : float
        Bounds of the wall time, and of the resident memory of the process and its children.

    Returns
    -------
    dict
        What it printed, and ``process_s`` and ``process_peak_gb`` of the whole process; where it
        did not finish ``failed`` says why.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONWARNINGS"}
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        started = time.perf_counter()
        child = subprocess.Popen(
            command, stdout=said, stderr=wrong, start_new_session=True, env=environment
        )
        failed, most = "", 0.0
        while child.poll() is None:
            most = max(most, _resident_gb(child.pid))
            if time.perf_counter() - started > timeout_s:
                failed = f"not done after {timeout_s:g} s"
            if most > memory_gb:
                failed = f"more than {memory_gb:g} GB"
            if failed:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                break
            time.sleep(EVERY_S)
        told = {"process_s": round(time.perf_counter() - started, 2), "process_peak_gb": most}
        said.seek(0)
        wrong.seek(0)
        lines, errors = said.read().splitlines(), wrong.read().splitlines()
    if not failed and child.returncode == 0 and lines:
        return json.loads(lines[-1]) | told
    last = errors[-1][:300] if errors else ""
    return told | {"failed": failed or f"exit code {child.returncode}: {last}"}


def _resident_gb(leader: int) -> float:
    """Memory of the processes of a session, now."""
    pages = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if os.getsid(int(entry.name)) == leader:
                pages += int((entry / "statm").read_text().split()[1])
        except (OSError, IndexError):
            continue  # it ended meanwhile
    return round(pages * PAGE / GB, 3)
