"""Names beside their keys, as a view: folding names is Python's, so each is folded once."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pandas as pd

from gosales.core.slug import name_key
from gosales.data.sql_text import identifier


def register_keys(connection: duckdb.DuckDBPyConnection, view: str, names: Iterable[str]) -> None:
    """Create a view with columns name and key.

    Parameters
    ----------
    connection : duckdb connection
        Where it lives.
    view : str
        Its name.
    names : iterable of str
        Distinct names.

    Examples
    --------
    >>> connection = duckdb.connect()
    >>> register_keys(connection, "keys", ["SWX Core", "FDM"])
    >>> connection.execute("FROM keys").fetchall()
    [('FDM', 'fdm'), ('SWX Core', 'swx core')]
    """
    ordered = sorted(names)
    keys = pd.DataFrame({"name": ordered, "key": [name_key(name) for name in ordered]})
    connection.register(view, keys.astype("string"))


def distinct_names(connection: duckdb.DuckDBPyConnection, source: str, column: str) -> list[str]:
    """The names a column of a view holds, sorted."""
    name = identifier(column)
    found = connection.execute(
        f"SELECT DISTINCT {name} FROM {source} WHERE {name} IS NOT NULL"
    ).fetchall()
    return sorted(str(row[0]) for row in found)
