"""What a command tells its user at the end, whatever draws it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Summary:
    """Title, table, notes and the command to run next.

    Parameters
    ----------
    title : str
        One line.
    columns : tuple of str
        Table head; empty for no table.
    rows : tuple of tuple of str
        Table body, already formatted.
    notes : tuple of str
        Lines below the table.
    next_command : str
        What the user would do now.
    closed : str
        Why the gate is closed; empty when it is open or there is none. A non-empty text makes
        the command end with exit code 1.
    broken : str
        What an error of the package itself ended, when the rest went on; empty when nothing. A
        non-empty text makes the command end with exit code 3.
    """

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = field(default=())
    next_command: str = ""
    closed: str = ""
    broken: str = ""
