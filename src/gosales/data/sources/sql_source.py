"""A sales log in a database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import sqlalchemy as sa
from sqlalchemy.engine import Connection, CursorResult

from gosales.core.digests import digest_json
from gosales.core.errors import ConfigError
from gosales.data.arrow_spool import ArrowSpool
from gosales.data.database import Database
from gosales.data.parquet_files import PLACE, ROW, check_header, read_files
from gosales.data.source import RawTables
from gosales.data.sql_text import literal
from gosales.data.table_digest import table_digest
from gosales.data.table_source import TableSource

_QUERY: Final = re.compile(r"(?is)^\s*(?:select|with)\b")


@dataclass(frozen=True)
class SqlSource(TableSource):
    """Tables of any database that SQLAlchemy knows, each a table's name or a ``SELECT``.

    Takes what every `TableSource` takes. Rows are streamed in chunks to Parquet, in one
    read-only transaction: memory holds one chunk, and all tables are of one moment.

    Parameters
    ----------
    url_env : str, optional
        Name of the environment variable that holds the SQLAlchemy address. The address is read
        when the database is, and is never part of a configuration, a log or a run.
    url : str, optional
        Instead of it: an address without a password.
    chunk_rows : int, default 50000
        Rows in memory at a time.

    Raises
    ------
    ConfigError
        If a declaration is malformed or holds a password.
    """

    url_env: str | None = None
    url: str | None = None
    chunk_rows: int = 50_000
    name: str = "sql"

    def __post_init__(self) -> None:
        super().__post_init__()
        Database(self.url_env, self.url)
        if type(self.chunk_rows) is not int or self.chunk_rows < 1:
            raise ConfigError(
                "the chunk of rows is malformed",
                got=f"chunk_rows={self.chunk_rows!r}",
                allowed="a whole number, 1 or more",
                remedy="set data.chunk_rows",
                reason_code="bad_chunk",
            )

    def fingerprint(self, workdir: Path | None = None) -> str:
        """Digest of the content that the tables and queries give now, in whatever order.

        A database has no cheaper mark that can be trusted, so everything is read; with a
        ``workdir``, `load` finds there what was read, and the digest is of just that.

        Raises
        ------
        ConfigError, DataError
            If the database cannot be read.
        """
        with TemporaryDirectory() as scratch:
            tables = self._read(workdir or Path(scratch))
            with duckdb.connect() as connection:
                connection.execute("SET threads = 2; SET memory_limit = '1GB'")
                # Neither address nor query counts: equal content is equal input.
                connection.execute("SET TimeZone = 'UTC'")
                content = {
                    t: sorted(
                        table_digest(connection, f, without=(PLACE, ROW)).digest for f in files
                    )
                    for t, files in tables.items()
                }
        return digest_json(["sql", content, self.reading()])

    def load(self, workdir: Path) -> RawTables:
        """What `fingerprint` left in the directory, else read now.

        Raises
        ------
        ConfigError, DataError
            If the database cannot be read.
        """
        kept = {t: sorted(workdir.glob(f"sql-{t}-*.parquet")) for t in self.places()}
        return self.raw_tables(kept if all(kept.values()) else self._read(workdir))

    def _read(self, folder: Path) -> dict[str, list[Path]]:
        made: dict[str, list[Path]] = {}
        with Database(self.url_env, self.url).reading() as connection:
            for table, places in self.places().items():
                made[table] = []
                for number, place in enumerate(places):
                    spool = folder / f"spool-{table}-{number}"
                    spool.mkdir()
                    files = self._stream(connection, place, spool)
                    target = folder / f"sql-{table}-{number}.parquet"
                    _unite(files, target, place)
                    made[table].append(target)
        return made

    def _stream(self, connection: Connection, place: str, folder: Path) -> list[Path]:
        streaming = connection.execution_options(
            stream_results=True, yield_per=self.chunk_rows, max_row_buffer=self.chunk_rows
        )
        with _rows(streaming, place) as rows:
            columns = [str(name) for name in rows.keys()]  # noqa: SIM118 - a result is no mapping
            check_header(columns, _said(place))
            spool = ArrowSpool(folder, columns)
            for chunk in rows.partitions(self.chunk_rows):
                spool.write(chunk)
        return spool.finish()


def _rows(connection: Connection, place: str) -> CursorResult[Any]:
    if _QUERY.match(place):
        # As the driver takes it: a colon or a percent sign of the query is not a parameter.
        return connection.execution_options(no_parameters=True).exec_driver_sql(place)
    schema, _, name = place.strip().rpartition(".")
    return connection.execute(
        sa.select(sa.text("*")).select_from(sa.table(name, schema=schema or None))
    )


def _said(place: str) -> str:
    return "the query" if _QUERY.match(place) else place


def _unite(files: list[Path], target: Path, place: str) -> None:
    """One file of the chunks' files, each column with the type that holds all its values."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2; SET memory_limit = '1GB'")
        connection.execute(
            f"COPY (SELECT *, {literal(_said(place))} AS {PLACE} FROM {read_files(files)}) "
            f"TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )
    for file in files:
        file.unlink()
