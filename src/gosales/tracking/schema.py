"""Creating and migrating the schema of a local store, once."""

from __future__ import annotations

import shutil
import sqlite3
import warnings
from pathlib import Path
from typing import Any


def migrate(uri: str, database: Path) -> None:
    """Bring a SQLite store to the schema of the installed MLflow; call it under a lock.

    Parameters
    ----------
    uri : str
        The store.
    database : pathlib.Path
        Its file.

    Notes
    -----
    A new store is created beside its place and moved there when its schema is complete: a full
    disk or a killed process leaves none, where a half-made one could never be used again. An
    older store is copied to ``<file>.<revision>.bak`` before it is migrated. Write-ahead logging
    is switched on, so that readers do not block the one writer.
    """
    from mlflow.store.db import utils as db

    database.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # The library's own migrations warn about the library's own past.
        warnings.simplefilter("ignore")
        if not database.exists() or not database.stat().st_size:
            _create(db, database)
        with sqlite3.connect(database, timeout=60) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.close()
        _to_head(db, uri, database)


def _create(db: Any, database: Path) -> None:
    draft = database.with_name(f".{database.name}.new")
    leftovers = (draft, draft.with_name(f"{draft.name}-journal"))
    for path in leftovers:
        path.unlink(missing_ok=True)
    try:
        engine = db.create_sqlalchemy_engine_with_retry(f"sqlite:///{draft.as_posix()}")
        try:
            db._initialize_tables(engine)
        finally:
            engine.dispose()
        draft.replace(database)
    finally:
        for path in leftovers:
            path.unlink(missing_ok=True)


def _to_head(db: Any, uri: str, database: Path) -> None:
    engine = db.create_sqlalchemy_engine_with_retry(uri)
    try:
        found = db._get_schema_version(engine)
        if found != db._get_latest_schema_revision():
            shutil.copyfile(database, database.with_name(f"{database.name}.{found}.bak"))
            db._upgrade_db(engine)
    finally:
        engine.dispose()
