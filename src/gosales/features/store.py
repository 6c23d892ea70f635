"""Content-addressed cache of feature blocks: equal keys hold equal bytes, or nothing."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gosales.core.digests import digest_file
from gosales.core.errors import DataError


@dataclass(frozen=True)
class FeatureStore:
    """Parquet files named by the digest of everything that decides their content.

    Parameters
    ----------
    root : pathlib.Path
        Directory; may be deleted at any time, is rebuilt.

    Notes
    -----
    An entry is written to a temporary file and moved into place, its checksum last, so that a
    process killed at any point leaves either a whole entry or none. Two processes that write the
    same key write the same bytes. An entry whose checksum does not fit is treated as absent.
    """

    root: Path

    def _paths(self, key: str) -> tuple[Path, Path]:
        folder = self.root / key[:2]
        return folder / f"{key}.parquet", folder / f"{key}.json"

    def has(self, key: str) -> bool:
        """Whether an entry was ever sealed; with `get` giving None, it is damaged."""
        return self._paths(key)[1].exists()

    def get(self, key: str) -> pd.DataFrame | None:
        """The entry, or None when it is absent, damaged or cannot be read."""
        data, seal = self._paths(key)
        try:
            recorded = json.loads(seal.read_text(encoding="utf-8"))["sha256"]
            content = data.read_bytes()
        except (OSError, KeyError, TypeError, ValueError):
            return None
        # Checked and parsed from one reading: nobody can change the file in between.
        if hashlib.sha256(content).hexdigest() != recorded:
            return None
        frame: pd.DataFrame = pq.read_table(pa.BufferReader(content)).to_pandas()
        return frame

    def put(self, key: str, frame: pd.DataFrame) -> None:
        """Write an entry, whole or not at all.

        Raises
        ------
        DataError
            If the disk is full or the folder cannot be written.
        """
        data, seal = self._paths(key)
        scratch: list[Path] = []
        try:
            data.parent.mkdir(parents=True, exist_ok=True)
            scratch += [self._temporary(data), self._temporary(seal)]
            table = pa.Table.from_pandas(frame, preserve_index=False)
            pq.write_table(table, scratch[0], compression="zstd")
            text = json.dumps({"sha256": digest_file(scratch[0]), "rows": len(frame)})
            scratch[1].write_text(text, encoding="utf-8")
            scratch[0].replace(data)
            scratch[1].replace(seal)
        except OSError as error:
            full = error.errno == errno.ENOSPC
            raise DataError(
                "the disk is full" if full else "the feature cache cannot be written",
                got=f"{self.root}: {error.strerror or error}",
                allowed="a writable folder with room",
                remedy="free room, or set paths.work to another disk",
                reason_code="disk_full" if full else "cannot_write",
            ) from error
        finally:
            for path in scratch:
                path.unlink(missing_ok=True)

    @staticmethod
    def _temporary(path: Path) -> Path:
        handle, name = tempfile.mkstemp(prefix=".tmp-", dir=path.parent)
        os.close(handle)
        return Path(name)
