"""A database whose address, and with it any password, comes from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from gosales.core.errors import ConfigError, DataError

_NAME: Final = re.compile(r"[A-Za-z_]\w*")
# Keys under which drivers take secrets in the query of an address or inside an ODBC string.
_SECRET: Final = re.compile(r"(?i)pass|pwd|secret|token|key|odbc_connect|authenticator|credential")
_LONGEST = 300


@dataclass(frozen=True)
class Database:
    """Where a log is kept; it can be opened for reading, and shown without its secrets.

    Parameters
    ----------
    url_env : str or None
        Name of the environment variable that holds the SQLAlchemy address.
    url : str or None
        Instead of it, an address that holds no password: the driver then finds its own
        (``PGPASSWORD``, ``.pgpass``, a socket), or needs none.

    Raises
    ------
    ConfigError
        If neither is given, or the configuration holds a secret. The message never repeats an
        address.
    """

    url_env: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        if self.url_env is None and self.url is None:
            raise _misplaced("neither data.url_env nor data.url")
        if self.url_env is not None and not _NAME.fullmatch(self.url_env):
            raise _misplaced("a data.url_env that is no name of an environment variable")
        if self.url is not None and _secrets(_parsed(self.url, "data.url")):
            raise _misplaced("a data.url with a password")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in one read-only transaction, so that all tables are of one moment.

        Raises
        ------
        ConfigError
            If the variable is not set, or its address or driver cannot be used.
        DataError
            If the database cannot be reached or refuses a statement; secrets are masked.
        """
        url = self._address()
        try:
            engine = sa.create_engine(url, poolclass=sa.NullPool)
        except (ImportError, NoSuchModuleError) as error:
            raise ConfigError(
                "the database driver is not installed",
                got=self._masked(str(error), url),
                allowed="a dialect that SQLAlchemy and an installed driver know",
                remedy="pip install 'gosales[sql]' (PostgreSQL), or your database's driver",
                reason_code="missing_driver",
            ) from None
        except (ArgumentError, SQLAlchemyError, TypeError, ValueError) as error:
            raise self._refused(error, url) from None
        try:
            with engine.connect() as connection:
                yield _read_only(connection)
        except (SQLAlchemyError, OSError) as error:
            # Without its cause: drivers repeat the address, password and all.
            raise self._refused(error, url) from None
        finally:
            engine.dispose()

    def _address(self) -> URL:
        if self.url is not None:
            return _existing(_parsed(self.url, "data.url"))
        name = str(self.url_env)
        text = os.environ.get(name, "").strip()
        if not text:
            raise ConfigError(
                "the database's address is not in the environment",
                got=f"{name} is not set",
                allowed="a SQLAlchemy address such as postgresql+psycopg://user@host/database",
                remedy=f"export {name}=…, or set data.url_env",
                reason_code="missing_database_url",
            )
        return _existing(_parsed(text, name))

    def _refused(self, error: BaseException, url: URL) -> DataError:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
        return DataError(
            "the database refuses",
            got=self._masked(str(cause), url),
            allowed="a database that can be reached, and tables or SELECT statements it knows",
            remedy="check the address in the environment, data.transactions and the server",
            reason_code="database_refused",
        )

    @staticmethod
    def _masked(text: str, url: URL) -> str:
        for secret in sorted(_secrets(url), key=len, reverse=True):
            text = text.replace(secret, "***")
        return " ".join(text.split())[:_LONGEST]


def _misplaced(got: str) -> ConfigError:
    return ConfigError(
        "the database's address is declared wrongly",
        got=got,
        allowed="the name of an environment variable that holds the address, or an address "
        "without a password: a configuration is printed, logged and kept",
        remedy="export GOSALES_DATABASE_URL=… and set data.url_env=GOSALES_DATABASE_URL",
        reason_code="secret_in_config",
    )


def _parsed(text: str, where: str) -> URL:
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        raise ConfigError(
            "the database's address cannot be read",
            got=f"the value of {where}",
            allowed="a SQLAlchemy address such as postgresql+psycopg://user@host/database",
            remedy=f"correct {where}; signs such as @ and / inside a password are written %40, %2F",
            reason_code="bad_database_url",
        ) from None


def _existing(url: URL) -> URL:
    """SQLite would make a file that is not there, and a log of it without tables."""
    name = url.database or ""
    if url.get_backend_name() == "sqlite" and name not in ("", ":memory:"):
        path = Path(name.removeprefix("file:").partition("?")[0])
        if not path.is_file():
            raise DataError(
                "a source file is missing",
                got=f"no {path}",
                allowed="a SQLite database that exists",
                remedy="check the address",
                reason_code="missing_file",
            )
    return url


def _secrets(url: URL) -> set[str]:
    """Whatever of an address must not be shown, as drivers may repeat it."""
    values = [str(url.password)] if url.password else []
    for key, value in url.query.items():
        if _SECRET.search(key):
            values += [value] if isinstance(value, str) else list(value)
    shown = url.render_as_string(hide_password=False)
    quoted = re.search(r"://[^/@]*?:([^@]*)@", shown)
    return {*values, *([quoted[1]] if quoted else [])} - {""}


def _read_only(connection: Connection) -> Connection:
    """One snapshot for every table, and nothing that could change it."""
    backend = connection.dialect.name
    if backend == "postgresql":
        return connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    if backend == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.exec_driver_sql("BEGIN")
    return connection
