"""An expression in the words of a backend."""

from __future__ import annotations

from dataclasses import dataclass

import ibis


@dataclass(frozen=True)
class Query:
    """A compiled expression: it can run many times, also when the rows it reads are exchanged.

    Parameters
    ----------
    text : str
        What the backend runs.
    schema : ibis.Schema
        The columns of its result.
    """

    text: str
    schema: ibis.Schema
