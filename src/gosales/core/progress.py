"""How long work says where it is, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Listener for long work; the command line draws it, tests ignore it."""

    def start(self, task: str, total: int | None = None) -> None:
        """Begin a named task of ``total`` steps (None: unknown)."""

    def advance(self, steps: int = 1) -> None:
        """Report steps done of the current task."""

    def say(self, message: str) -> None:
        """One line for the reader."""


class SilentProgress:
    """A listener that says nothing."""

    def start(self, task: str, total: int | None = None) -> None:
        """Ignore the start of a task."""

    def advance(self, steps: int = 1) -> None:
        """Ignore steps."""

    def say(self, message: str) -> None:
        """Ignore a line."""
