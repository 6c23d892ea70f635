"""A quick look whether a store can be used, before a library starts its long retries."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from gosales.core.errors import ConfigError, TrackingError
from gosales.tracking.redact import redact

_SECONDS: Final = 3.0
_ANSWER_SECONDS: Final = 10.0
_PORTS: Final = {"http": 80, "https": 443, "postgresql": 5432, "mysql": 3306, "mssql": 1433}
_DATABASES: Final = ("postgresql", "mysql", "mssql")


def probe(uri: str) -> None:
    """Check that a store answers at all.

    Raises
    ------
    TrackingError
        If the server does not accept a connection within three seconds or answer within ten, or
        the file is not a database.
    ConfigError
        If the database's driver is not installed.
    """
    if uri.startswith("sqlite:///"):
        _probe_file(Path(uri.removeprefix("sqlite:///").partition("?")[0]))
        return
    scheme = urlsplit(uri).scheme.partition("+")[0]
    if scheme in _DATABASES:
        _probe_driver(uri)
    if scheme in _PORTS:
        with _unreachable(uri):
            parts = urlsplit(uri)
            address = (parts.hostname or "", parts.port or _PORTS[scheme])
            socket.create_connection(address, timeout=_SECONDS).close()
            if scheme == "http":
                _probe_health(uri)


def _probe_file(path: Path) -> None:
    if not path.exists():
        return
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, timeout=_SECONDS)
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return  # Somebody is writing: the store is alive, and the real timeout is longer.
        raise _broken(path, error) from error
    except sqlite3.DatabaseError as error:
        raise _broken(path, error) from error
    finally:
        if connection is not None:
            connection.close()


def _broken(path: Path, error: sqlite3.Error) -> TrackingError:
    return TrackingError(
        "the tracking database cannot be read",
        got=f"{path}: {error}",
        allowed="a SQLite file written by MLflow",
        remedy="move the file away (a new one is made), or restore it from a backup",
        reason_code="store_corrupt",
    )


def _probe_driver(uri: str) -> None:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        make_url(uri).get_dialect().import_dbapi()
    except (ImportError, ArgumentError, NoSuchModuleError) as error:
        raise ConfigError(
            "the tracking database's driver is not installed, or its address is malformed",
            got=f"{redact(uri)} ({error})",
            allowed="an address such as postgresql+psycopg://user@host/db",
            remedy="pip install 'gosales[sql]', or correct tracking.uri",
            reason_code="no_driver",
        ) from error


def _probe_health(uri: str) -> None:
    """Something may listen and never answer; any HTTP answer at all will do."""
    try:
        urlopen(f"{uri.rstrip('/')}/health", timeout=_ANSWER_SECONDS).close()
    except HTTPError as answer:
        answer.close()


@contextmanager
def _unreachable(uri: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, HTTPException) as error:
        raise TrackingError(
            "the tracking server does not answer",
            got=f"{redact(uri)} ({error})",
            allowed=f"a connection within {_SECONDS:.0f} s, an answer within {_ANSWER_SECONDS:.0f}",
            remedy="start it, correct tracking.uri, or use tracking=sqlite",
            reason_code="store_unreachable",
        ) from error
