"""Ibis on an in-process DuckDB."""

from __future__ import annotations

import itertools
import tempfile
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.operations as ops
import pandas as pd
import pyarrow as pa

from gosales.core.digests import digest_frame, digest_json
from gosales.core.errors import ConfigError
from gosales.data.engine_frame import engine_frame
from gosales.data.query import Query

# A text column with more values stays text: its dictionary would not pay.
_MOST_CODES: Final = 5_000_000
_OWNERS_KEPT: Final = 2
_AT_ONCE: Final = 2


class DuckDBEngine:
    """Ibis on an in-process DuckDB: out of core, deterministic for exact (decimal) sums.

    Parameters
    ----------
    threads : int, default 2
        DuckDB worker threads.
    memory_limit : str, default "3GB"
        Beyond this DuckDB spills to the folder for temporary files.

    Notes
    -----
    A table is loaded once, its key columns as ENUM: grouping and joining codes costs about half
    of grouping text. To Ibis an ENUM is text.
    """

    name = "duckdb"

    def __init__(self, threads: int = 2, memory_limit: str = "3GB") -> None:
        if threads < 1:
            raise ConfigError(
                "the engine is malformed",
                got=f"threads={threads}",
                allowed="1 or more",
                remedy="set engine.threads",
                reason_code="bad_engine",
            )
        self._settings: dict[str, Any] = {"threads": threads, "memory_limit": memory_limit}
        self._connection: Any = None
        self._thread = threading.get_ident()
        self._beside = threading.local()
        self._owners: dict[str, dict[str, ibis.Table]] = {}
        self._literals: dict[str, ibis.Table] = {}
        self._numbers = itertools.count()

    def _cursor(self) -> Any:
        """The connection, or one beside it that sees the same tables, for another thread."""
        backend, here = self._connect(), self._beside
        if threading.get_ident() == self._thread:
            return backend.con
        if getattr(here, "backend", None) is not backend:
            here.backend, here.cursor = backend, backend.con.cursor()
        return here.cursor

    def _connect(self) -> Any:
        if self._connection is None:
            self._connection = ibis.duckdb.connect(":memory:")
            self._thread = threading.get_ident()
            # DuckDB makes it when it spills and removes it with the connection.
            spill = Path(tempfile.gettempdir()) / f"gosales-spill-{uuid.uuid4().hex}"
            for key, value in {**self._settings, "temp_directory": spill}.items():
                self._connection.raw_sql(f"SET {key} = {_text(str(value))}")
            self._connection.raw_sql("SET preserve_insertion_order = false")
        return self._connection

    def table(self, path: Path, owner: str, domains: Mapping[str, Path]) -> ibis.Table:
        """The file's rows in memory, its key columns as codes."""
        tables = self._owners.pop(owner, {})
        self._owners[owner] = tables
        while len(self._owners) > _OWNERS_KEPT:
            for old in self._owners.pop(next(iter(self._owners))).values():
                self.release(old)
        if path.name not in tables:
            tables[path.name] = self._loaded(path, owner, domains)
        return tables[path.name]

    def _loaded(self, path: Path, owner: str, domains: Mapping[str, Path]) -> ibis.Table:
        connection = self._connect()
        schema = connection.read_parquet(str(path)).schema()
        parts, order = [], ""
        for column in schema:
            codes = self._codes(column, owner, domains[column]) if column in domains else None
            name = _quoted(column)
            parts.append(name if codes is None else f"CAST({name} AS {codes}) AS {name}")
        if domains:
            # Rows of one key lie together: grouping by it then meets each group once.
            order = f" ORDER BY {_quoted(next(iter(domains)))}"
        body = f"SELECT {', '.join(parts)} FROM read_parquet({_text(str(path))}){order}"
        loaded = self._table("loaded", schema)
        self.fill(loaded, Query(body, schema))
        return loaded

    def _codes(self, column: str, owner: str, path: Path) -> str | None:
        """Name of the ENUM of a column's values; None where it has none or too many."""
        name = f"codes_{digest_json([column, owner, str(path)])[:24]}"
        values = (
            f"SELECT DISTINCT {_quoted(column)} AS v FROM read_parquet({_text(str(path))}) "
            f"WHERE {_quoted(column)} IS NOT NULL"
        )
        run = self._connect().raw_sql
        if run(f"SELECT 1 FROM duckdb_types() WHERE type_name = {_text(name)}").fetchone():
            return name
        if not 0 < int(run(f"SELECT COUNT(*) FROM ({values})").fetchone()[0]) <= _MOST_CODES:
            return None
        # Sorted, so that codes order as the text does.
        run(f"CREATE TYPE {name} AS ENUM (SELECT v FROM ({values}) ORDER BY v)")
        return name

    def literal(self, frame: pd.DataFrame, schema: Mapping[str, str]) -> ibis.Table:
        """A small frame as a table, one per content."""
        kept = frame[list(schema)]
        key = digest_json([digest_frame(kept), dict(schema)])
        if key not in self._literals:
            self._literals[key] = self._table("literal", ibis.schema(dict(schema)))
            self.fill(self._literals[key], kept)
        return self._literals[key]

    def compiled(self, expression: ibis.Table) -> Query:
        """SQL of an expression."""
        return Query(self._connect().compile(expression), expression.schema())

    def slot(self, schema: ibis.Schema) -> ibis.Table:
        """The name of a table."""
        return self._table("slot", schema)

    def fill(self, slot: ibis.Table, rows: Query | pd.DataFrame) -> None:
        """Make the table, in place of one of that name."""
        name, cursor = slot.op().name, self._cursor()
        if isinstance(rows, Query):
            cursor.execute(f"CREATE OR REPLACE TABLE {name} AS {rows.text}")
            return
        cursor.register(f"{name}_rows", ibis.memtable(rows, schema=slot.schema()).to_pyarrow())
        cursor.execute(f"CREATE OR REPLACE TABLE {name} AS FROM {name}_rows")
        cursor.unregister(f"{name}_rows")

    def materialise(self, expression: ibis.Table) -> ibis.Table:
        """The rows of an expression as a table."""
        kept = self.slot(expression.schema())
        self.fill(kept, self.compiled(expression))
        return kept

    def release(self, table: ibis.Table) -> None:
        """Drop a table."""
        self._cursor().execute(f"DROP TABLE IF EXISTS {table.op().name}")

    def fetch(self, expression: ibis.Table | Query) -> pa.Table:
        """Execute and fetch; columns held as codes come dictionary-encoded."""
        query = expression if isinstance(expression, Query) else self.compiled(expression)
        return self._cursor().sql(query.text).to_arrow_table()

    def together(self, works: Sequence[Callable[[], None]]) -> None:
        """Two at once: while one sorts, or its rows are handed over, the other computes."""
        threads: int = self._settings["threads"]
        if threads < _AT_ONCE or len(works) < _AT_ONCE:
            for work in works:
                work()
            return
        # Whoever asks computes too, beside DuckDB's own threads.
        self._connect().raw_sql(f"SET threads = {threads - _AT_ONCE + 1}")
        try:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                under_way = [pool.submit(work) for work in works]
                try:
                    for future in under_way:
                        future.result()
                except BaseException:
                    for future in under_way:
                        future.cancel()
                    raise
        finally:
            self._connect().raw_sql(f"SET threads = {threads}")

    def run(self, expression: ibis.Table) -> pd.DataFrame:
        """Execute and fetch as pandas."""
        return engine_frame(self.fetch(expression))

    def _table(self, what: str, schema: ibis.Schema) -> ibis.Table:
        name, connection = f"{what}_{next(self._numbers)}", self._connect()
        # Declared, not described: Ibis would parse the type of an ENUM value by value.
        table: ibis.Table = ops.DatabaseTable(name, schema=schema, source=connection).to_expr()
        return table

    def close(self) -> None:
        """Close the connection; the next query opens a new one, without the tables."""
        if self._connection is not None:
            self._connection.disconnect()
            self._connection = None
            self._owners.clear()
            self._literals.clear()

    def __getstate__(self) -> dict[str, Any]:
        # A connection cannot cross process borders; the worker opens its own.
        return {"_settings": self._settings}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state["_settings"])  # type: ignore[misc]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
