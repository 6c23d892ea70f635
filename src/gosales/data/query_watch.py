"""How far a long query is, told while it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import duckdb

from gosales.core.progress import Progress

_POLL_SECONDS: Final = 0.5
_SAY_SECONDS: Final = 5.0


@contextmanager
def watched(
    connection: duckdb.DuckDBPyConnection, progress: Progress, task: str, rows: int
) -> Iterator[None]:
    """Say the task, and every five seconds how much of its current query is done.

    Parameters
    ----------
    connection : duckdb connection
        Where the queries of the block run.
    progress : Progress
        Listener; a short task gets one line.
    task : str
        What is done.
    rows : int
        Lines it is about.
    """
    progress.start(f"{task} {rows:,} lines", 100)
    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    done = threading.Event()

    def follow() -> None:
        shown, said = 0, time.monotonic()
        while not done.wait(_POLL_SECONDS):
            # Below zero DuckDB does not know; a task of several queries begins again at zero.
            share = min(100, max(0, int(connection.query_progress())))
            if share > shown:
                progress.advance(share - shown)
                shown = share
            if share and time.monotonic() - said >= _SAY_SECONDS:
                said = time.monotonic()
                progress.say(f"{task}: {share} % of {rows:,} lines")

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
