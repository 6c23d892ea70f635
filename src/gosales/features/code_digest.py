"""Digest of the code that computes features: edited code must not meet an old cache."""

from __future__ import annotations

import inspect
import linecache
from functools import cache
from pathlib import Path

from gosales.core.digests import digest_file, digest_json

_PACKAGE = Path(__file__).resolve().parents[1]
_ROOMS = ("core", "data", "labels", "features")


def code_digest(kind: type | None = None) -> str:
    """Digest of the rooms that compute features and, for a class from outside, of its source.

    Parameters
    ----------
    kind : type, optional
        For example a user's own feature family.

    Returns
    -------
    str
        SHA-256 (hex). A class whose source is nowhere (typed into a bare console) adds nothing.
    """
    texts = [] if kind is None else _texts(kind)
    return digest_json([_rooms(), texts]) if texts else _rooms()


@cache
def _rooms() -> str:
    files = sorted(f for room in _ROOMS for f in (_PACKAGE / room).rglob("*.py"))
    return digest_json([[str(f.relative_to(_PACKAGE)), digest_file(f)] for f in files])


def _texts(kind: type) -> list[str]:
    """Source of every file outside the package that the class or a base of it comes from."""
    # Methods that a decorator of another module made are not the class's own source.
    own = [
        f
        for c in kind.__mro__
        for f in vars(c).values()
        if inspect.isfunction(f) and f.__globals__.get("__name__") == c.__module__
    ]
    files = sorted({f.__code__.co_filename for f in own})
    foreign = [f for f in files if _PACKAGE not in Path(f).resolve().parents]
    for file in foreign:
        linecache.checkcache(file)
    # Reads files and the cells of a notebook alike.
    return list(filter(None, ("".join(linecache.getlines(file)) for file in foreign)))
