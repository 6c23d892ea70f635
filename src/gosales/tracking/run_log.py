"""What a command said and when, as lines of JSON beside what the terminal shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gosales.core.progress import Progress, SilentProgress
from gosales.tracking.redact import redact


class RunLog:
    """A progress listener that writes ``logs.jsonl`` and passes everything on.

    Parameters
    ----------
    path : pathlib.Path
        The file; lines are appended.
    run_id : str
        Written into every line.
    listener : Progress, optional
        Who else hears it; nobody by default.
    """

    def __init__(self, path: Path, run_id: str, listener: Progress | None = None) -> None:
        self._path = path
        self._run_id = run_id
        self._listener: Progress = listener or SilentProgress()
        path.parent.mkdir(parents=True, exist_ok=True)

    def start(self, task: str, total: int | None = None) -> None:
        """Begin a named task."""
        self.write("task", task, total=total)
        self._listener.start(task, total)

    def advance(self, steps: int = 1) -> None:
        """Pass steps on; they are not worth a line each."""
        self._listener.advance(steps)

    def say(self, message: str) -> None:
        """One line for the reader and the file."""
        self.write("note", message)
        self._listener.say(message)

    def write(self, event: str, message: str, **fields: Any) -> None:
        """Append one line: time, run id, event, message and further fields."""
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "run_id": self._run_id,
            "event": event,
            "message": redact(message),
            **redact({k: v for k, v in fields.items() if v is not None}),
        }
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
