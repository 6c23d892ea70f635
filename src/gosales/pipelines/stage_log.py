"""Progress that crosses process borders: workers append lines, the parent reads them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class StageLog:
    """A listener that appends to a file; it can be pickled.

    Parameters
    ----------
    path : pathlib.Path
        One file per division.
    division : str
        Named in every line.
    """

    path: Path
    division: str

    def start(self, task: str, total: int | None = None) -> None:
        """Record the start of a task."""
        self._write("stage", task)

    def advance(self, steps: int = 1) -> None:
        """Steps are too fine for another process."""

    def say(self, message: str) -> None:
        """Record a line."""
        self._write("note", message)

    def stage(self, name: str) -> None:
        """Record that the division reached a stage of the pipeline."""
        self._write("milestone", name)

    def _write(self, kind: str, text: str) -> None:
        line = json.dumps({"division": self.division, "kind": kind, "text": text})
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")


@dataclass
class StageReader:
    """Reads what workers appended since the last time.

    Parameters
    ----------
    folder : pathlib.Path
        Where their files are.
    """

    folder: Path

    def __post_init__(self) -> None:
        self._seen: dict[Path, int] = {}

    def fresh(self) -> list[dict[str, str]]:
        """Whole new lines of all files, file by file."""
        lines: list[dict[str, str]] = []
        for path in sorted(self.folder.glob("*.jsonl")):
            start = self._seen.get(path, 0)
            with path.open("rb") as stream:
                stream.seek(start)
                raw = stream.read()
            whole = raw[: raw.rfind(b"\n") + 1]
            self._seen[path] = start + len(whole)
            lines += [json.loads(line) for line in whole.splitlines()]
        return lines
