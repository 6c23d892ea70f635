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
    An older store is copied to ``<file>.<revision>.bak`` before it is migrated. Write-ahead
    logging is switched on, so that readers do not block the one writer.
    """
    from mlflow.store.db import utils as db

    database.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(database, timeout=60) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    with warnings.catch_warnings():
        # The library's own migrations warn about the library's own past.
        warnings.simplefilter("ignore")
        _to_head(db, uri, database)


def _to_head(db: Any, uri: str, database: Path) -> None:
    engine = db.create_sqlalchemy_engine_with_retry(uri)
    try:
        if db._is_empty_database(engine):
            db._initialize_tables(engine)
            return
        found = db._get_schema_version(engine)
        if found != db._get_latest_schema_revision():
            shutil.copyfile(database, database.with_name(f"{database.name}.{found}.bak"))
            db._upgrade_db(engine)
    finally:
        engine.dispose()
