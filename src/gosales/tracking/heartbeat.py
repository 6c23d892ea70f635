"""A thread that says, once a minute, that a run is alive."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from gosales.core.errors import TrackingError
from gosales.tracking.failures import as_tracking_error
from gosales.tracking.process_tags import HEARTBEAT, heartbeat_now

INTERVAL_SECONDS: Final = 60.0


def _beat(client: Any, run_id: str, stop: threading.Event, interval: float) -> None:
    while not stop.wait(interval):
        try:
            with as_tracking_error(run_id):
                client.set_tag(run_id, HEARTBEAT, heartbeat_now())
        except TrackingError:
            # One missed beat is harmless (stale means ten of them); the run itself will tell
            # if the store is really gone.
            continue


@contextmanager
def heartbeat(client: Any, run_id: str, interval: float = INTERVAL_SECONDS) -> Iterator[None]:
    """Refresh the run's heartbeat tag while the block runs."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(client, run_id, stop, interval), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5.0)
