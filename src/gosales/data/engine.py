"""Where Ibis expressions run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import ibis
import pandas as pd


class Engine(Protocol):
    """A backend that reads Parquet and runs Ibis expressions."""

    name: str

    def read(self, path: Path) -> ibis.Table:
        """A lazy table over one Parquet file."""

    def literal(self, frame: pd.DataFrame, schema: dict[str, str]) -> ibis.Table:
        """A small in-memory frame as a table of this backend, with the given Ibis types."""

    def run(self, expression: ibis.Table) -> pd.DataFrame:
        """Execute and fetch as pandas."""

    def close(self) -> None:
        """Free the backend's memory."""


class DuckDBEngine:
    """Ibis on an in-process DuckDB: out of core, deterministic for exact (decimal) sums.

    Parameters
    ----------
    threads : int, default 2
        DuckDB worker threads.
    memory_limit : str, default "3GB"
        Beyond this DuckDB spills to disk.
    """

    name = "duckdb"

    def __init__(self, threads: int = 2, memory_limit: str = "3GB") -> None:
        self._settings = {"threads": threads, "memory_limit": memory_limit}
        self._connection: Any = None

    def _connect(self) -> Any:
        if self._connection is None:
            self._connection = ibis.duckdb.connect(":memory:")
            for key, value in self._settings.items():
                self._connection.raw_sql(f"SET {key} = '{value}'")
            self._connection.raw_sql("SET preserve_insertion_order = false")
        return self._connection

    def read(self, path: Path) -> ibis.Table:
        """A lazy table over one Parquet file."""
        table: ibis.Table = self._connect().read_parquet(str(path))
        return table

    def literal(self, frame: pd.DataFrame, schema: dict[str, str]) -> ibis.Table:
        """A small in-memory frame as a table of this backend, with the given Ibis types."""
        return ibis.memtable(frame[list(schema)], schema=ibis.schema(schema))

    def run(self, expression: ibis.Table) -> pd.DataFrame:
        """Execute and fetch as pandas."""
        frame: pd.DataFrame = self._connect().to_pandas(expression)
        return frame

    def close(self) -> None:
        """Close the connection; the next read opens a new one."""
        if self._connection is not None:
            self._connection.disconnect()
            self._connection = None

    def __getstate__(self) -> dict[str, Any]:
        # A connection cannot cross process borders; the worker opens its own.
        return {"_settings": self._settings, "_connection": None}
