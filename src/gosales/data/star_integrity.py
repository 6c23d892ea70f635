"""Whether the files of a star are still those that were ingested."""

from __future__ import annotations

import duckdb

from gosales.core.errors import IntegrityError
from gosales.data.star import Star
from gosales.data.table_digest import table_digest


def require_unchanged(star: Star) -> None:
    """Compute the digest of every table anew and hold it against the manifest.

    Raises
    ------
    IntegrityError
        Naming the tables that hold other rows than the manifest says, or cannot be read.
    """
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2; SET memory_limit = '2GB'")
        wrong = []
        for name, recorded in sorted(star.manifest.table_digests.items()):
            try:
                found = table_digest(connection, star.table(name)).digest
            except duckdb.Error as error:
                found = str(error).splitlines()[0]
            if found != recorded:
                wrong.append(name)
    if wrong:
        raise IntegrityError(
            "the star is not what was ingested",
            got=f"other rows in {', '.join(wrong)}",
            allowed="tables that nobody touched since",
            remedy="delete the star's folder and ingest again",
            reason_code="star_changed",
        )
