"""A server started for a command, and ended with it, however the command ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from gosales.core.errors import TrackingError

_GRACE_SECONDS = 10.0
_POLL_SECONDS = 0.2


def refuse_taken_port(host: str, port: int) -> None:
    """Say so when nothing can listen there.

    Raises
    ------
    TrackingError
        If the port is taken or not ours to take.
    """
    try:
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
    except OSError as error:
        raise TrackingError(
            "the server cannot listen there",
            got=f"{host}:{port}: {error.strerror or error}",
            allowed="a free port of this machine",
            remedy="end the other server, or give another port=<number>",
            reason_code="port_taken",
        ) from error


@contextmanager
def server_process(
    command: Sequence[str], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[Any]]:
    """Run a server while the block runs; afterwards it and all it started are gone.

    Parameters
    ----------
    command : sequence of str
        What to run.
    environment : mapping of str to str
        Set beside this process's own.

    Notes
    -----
    A server starts workers of its own. It leads a process group, and the group is ended:
    SIGTERM, then SIGKILL for what is left.
    """
    process = subprocess.Popen(
        list(command), env={**os.environ, **environment}, start_new_session=True
    )
    try:
        yield process
    finally:
        _end(process)


def wait_until_it_listens(process: subprocess.Popen[Any], host: str, port: int) -> bool:
    """Wait for the first connection; False when the process ends before.

    Parameters
    ----------
    process : subprocess.Popen
        The server.
    host, port : str, int
        Where it will listen.
    """
    while process.poll() is None:
        with suppress(OSError), socket.create_connection((host, port), timeout=1.0):
            return True
        time.sleep(_POLL_SECONDS)
    return False


def _end(process: subprocess.Popen[Any]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_GRACE_SECONDS)
