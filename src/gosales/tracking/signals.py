"""A signal that ends the process becomes an exception, so that open runs can be closed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(SystemExit):
    """SIGTERM arrived; the process ends with 128 + 15 after its runs are closed."""

    def __init__(self) -> None:
        super().__init__(128 + signal.SIGTERM)


def _raise(signum: int, frame: FrameType | None) -> None:
    # A second signal must not cut short the closing of the run that the first one began.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated


@contextmanager
def terminable() -> Iterator[None]:
    """Within the block SIGTERM raises `Terminated` in the main thread (SIGINT already raises).

    Notes
    -----
    Does nothing outside the main thread and inside another `terminable` block: signals belong
    to the outermost run.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGTERM) is _raise:
        yield
        return
    before = signal.signal(signal.SIGTERM, _raise)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
