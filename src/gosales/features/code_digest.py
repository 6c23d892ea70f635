"""Digest of the code that computes features: edited code must not meet an old cache."""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path

from gosales.core.digests import digest_file, digest_json

_PACKAGE = Path(__file__).resolve().parents[1]
_ROOMS = ("core", "data", "labels", "features")


def code_digest(kind: type | None = None) -> str:
    """Digest of the rooms that compute features and, for a class from outside, of its file.

    Parameters
    ----------
    kind : type, optional
        For example a user's own feature family.

    Returns
    -------
    str
        SHA-256 (hex). A class whose source cannot be found (typed into a console) adds nothing.
    """
    file = None if kind is None else _source(kind)
    if file is None or _PACKAGE in file.parents:
        return _rooms()
    return digest_json([_rooms(), digest_file(file)])


@cache
def _rooms() -> str:
    files = sorted(f for room in _ROOMS for f in (_PACKAGE / room).rglob("*.py"))
    return digest_json([[str(f.relative_to(_PACKAGE)), digest_file(f)] for f in files])


def _source(kind: type) -> Path | None:
    try:
        found = inspect.getsourcefile(kind)
    except TypeError:
        return None
    path = None if found is None else Path(found).resolve()
    return path if path is not None and path.is_file() else None
