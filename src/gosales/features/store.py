"""Content-addressed cache of tables: equal keys hold equal content, or nothing."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from gosales.core.digests import digest_json
from gosales.core.errors import DataError

_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True)
class FeatureStore:
    """Tables named by the digest of everything that decides their content.

    Parameters
    ----------
    root : pathlib.Path
        Directory; may be deleted at any time, is rebuilt.

    Notes
    -----
    Tables put together lie in one pack file; each key has a small file that says where its bytes
    are and what their checksum is. A pack is written to a temporary file and moved into place
    before the first key points at it, so that a process killed at any point leaves whole entries
    or none. Two processes that put the same key put the same content; the last pointer wins. An
    entry whose checksum does not fit is treated as absent.
    """

    root: Path

    def _pointer(self, key: str) -> Path:
        return self.root / key[:2] / f"{key}.json"

    def _note(self, subject: str) -> Path:
        return self.root / "notes" / f"{digest_json(subject)[:32]}.json"

    def has(self, key: str) -> bool:
        """Whether an entry was ever sealed; with `get` giving None, it is damaged."""
        return self._pointer(key).exists()

    def get(self, key: str) -> pa.Table | None:
        """The entry, or None when it is absent, damaged or cannot be read."""
        try:
            place = json.loads(self._pointer(key).read_text(encoding="utf-8"))
            with (self.root / "packs" / place["pack"]).open("rb") as pack:
                pack.seek(place["offset"])
                content = pack.read(place["length"])
            recorded = place["sha256"]
        except (OSError, KeyError, TypeError, ValueError):
            return None
        # Checked and parsed from one reading: nobody can change the file in between.
        if hashlib.sha256(content).hexdigest() != recorded:
            return None
        return pa.ipc.open_stream(content).read_all()

    def remembered(self, subject: str) -> dict[str, Any] | None:
        """What was last remembered of a subject; None when nothing, or nothing readable, was."""
        try:
            found = json.loads(self._note(subject).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def remember(self, subject: str, facts: Mapping[str, Any]) -> None:
        """Keep some facts about a subject, in place of those kept before.

        Notes
        -----
        They serve an account of what was done, never its content: the last writer wins.

        Raises
        ------
        DataError
            As of `put`.
        """
        with self._writing(), self._replacing(self._note(subject)) as stream:
            stream.write(json.dumps(facts).encode())

    def put(self, entries: Mapping[str, pa.Table]) -> None:
        """Write entries, each whole or not at all.

        Raises
        ------
        DataError
            If the disk is full or the folder cannot be written.
        """
        if not entries:
            return
        with self._writing():
            places = self._pack(entries)
            for key, place in places.items():
                with self._replacing(self._pointer(key)) as stream:
                    stream.write(json.dumps(place).encode())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            full = error.errno == errno.ENOSPC
            raise DataError(
                "the disk is full" if full else "the feature cache cannot be written",
                got=f"{self.root}: {error.strerror or error}",
                allowed="a writable folder with room",
                remedy="free room, or set paths.work to another disk",
                reason_code="disk_full" if full else "cannot_write",
            ) from error

    def _pack(self, entries: Mapping[str, pa.Table]) -> dict[str, dict[str, Any]]:
        places: dict[str, dict[str, Any]] = {}
        folder = self.root / "packs"
        folder.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(prefix=".tmp-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                for key, table in entries.items():
                    content = _serialised(table)
                    checksum = hashlib.sha256(content).hexdigest()
                    at = stream.tell()
                    stream.write(content)
                    places[key] = {"offset": at, "length": len(content), "sha256": checksum}
            name = f"{digest_json([p['sha256'] for p in places.values()])[:32]}.pack"
            Path(scratch).replace(folder / name)
        finally:
            Path(scratch).unlink(missing_ok=True)
        return {key: {"pack": name, **place} for key, place in places.items()}

    @staticmethod
    @contextmanager
    def _replacing(path: Path) -> Iterator[Any]:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(prefix=".tmp-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
            Path(scratch).replace(path)
        finally:
            Path(scratch).unlink(missing_ok=True)


def _serialised(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
        # In one batch: how a query's result was chunked is no part of its content.
        writer.write_table(table.combine_chunks())
    return sink.getvalue()
