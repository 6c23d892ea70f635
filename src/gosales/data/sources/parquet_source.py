"""A sales log in Parquet files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gosales.core.digests import digest_file, digest_json
from gosales.data.log_files import log_files
from gosales.data.source import RawTables
from gosales.data.table_source import TableSource


@dataclass(frozen=True)
class ParquetSource(TableSource):
    """Tables as Parquet files; the transactions may be a folder of them.

    Takes what every `TableSource` takes. Dates and numbers that the files hold as such need no
    format; ``dates``, ``decimal`` and the like are for columns of text.
    """

    name: str = "parquet"

    def fingerprint(self, workdir: Path | None = None) -> str:
        """Digest of every file's bytes and of how they are read.

        Raises
        ------
        DataError
            If a file does not exist.
        """
        # Sorted by content: renaming or reordering files changes nothing.
        content = {t: sorted(map(digest_file, files)) for t, files in self._files().items()}
        return digest_json(["parquet", content, self.reading()])

    def load(self, workdir: Path) -> RawTables:
        """The files themselves; DuckDB reads them where they are.

        Raises
        ------
        DataError
            If a file does not exist.
        """
        return self.raw_tables(self._files())

    def _files(self) -> dict[str, list[Path]]:
        return log_files(self.places(), suffix=".parquet")
