"""Progress bars and tables on a terminal, plain lines in a pipe."""

from __future__ import annotations

import re
import sys
import time
from types import TracebackType
from typing import Any, Self

from gosales.pipelines.summary import Summary

# In a pipe a row is a line, whatever its length.
_PLAIN_WIDTH = 1000


class Console:
    """Listens to long work and draws it; also prints the final summary.

    Parameters
    ----------
    label : str, default ""
        Begins every line of progress. With a label there are no bars: several processes that
        share a terminal would draw over each other.

    Notes
    -----
    It implements `gosales.core.progress.Progress`. Progress goes to stderr, results to stdout,
    so that a pipe carries results only.
    """

    def __init__(self, label: str = "") -> None:
        from rich.console import Console as RichConsole
        from rich.markup import escape

        self._label = escape(f"{label}: ") if label else ""
        self._live = sys.stderr.isatty() and not label
        self._err = RichConsole(stderr=True, highlight=False)
        wide = None if sys.stdout.isatty() else _PLAIN_WIDTH
        self._out = RichConsole(highlight=False, width=wide)
        self._progress: Any = None
        self._task: Any = None
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        if self._live:
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeElapsedColumn,
            )

            self._progress = Progress(
                TextColumn("[progress.description]{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=self._err,
                transient=True,
            )
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def start(self, task: str, total: int | None = None) -> None:
        """Begin a named task."""
        if self._progress is None:
            self.say(task)
            return
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(task, total=total)

    def advance(self, steps: int = 1) -> None:
        """Report steps done."""
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task, steps)

    def say(self, message: str) -> None:
        """One line with the seconds since the command began."""
        from rich.markup import escape

        seconds = time.monotonic() - self._started
        line = f"[dim]{seconds:6.1f}s[/dim]  {self._label}{escape(message)}"
        self._err.print(line, markup=True, soft_wrap=True)

    def show(self, summary: Summary) -> None:
        """Print a summary: title, table, notes, next command."""
        from rich.markup import escape
        from rich.table import Table

        self.__exit__(None, None, None)
        self._out.print(f"\n[bold]{escape(summary.title)}[/bold]")
        if summary.columns:
            table = Table(box=None, pad_edge=False, header_style="bold")
            for i, name in enumerate(summary.columns):
                numeric = i > 0 and all(_is_numeric(row[i]) for row in summary.rows)
                # Folded, not cut with an ellipsis: half a name is no name.
                table.add_column(
                    escape(name), justify="right" if numeric else "left", overflow="fold"
                )
            for row in summary.rows:
                table.add_row(*(escape(cell) for cell in row))
            self._out.print(table)
        for note in summary.notes:
            self._out.print(escape(note), soft_wrap=True)
        if summary.next_command:
            self._out.print(f"next: [bold]{escape(summary.next_command)}[/bold]", soft_wrap=True)


# "0.71", "12 %", "0.75 .71–.80", "1,204 [900, 1,310]", "–"; not a GUID, not a date.
_NUMBER = re.compile(r"[-+]?[\d.,]+(?: ?%)?(?: .*)?|–|")


def _is_numeric(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None
