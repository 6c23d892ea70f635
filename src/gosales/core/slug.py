"""Names that are data, made safe for paths, model names and keys."""

from __future__ import annotations

import re
import unicodedata

from gosales.core.digests import digest_text

_UNSAFE = re.compile(r"[^a-z0-9]+")


def name_key(name: str) -> str:
    """The key on which names of divisions and SKUs are matched: NFKC, trimmed, case-folded.

    Examples
    --------
    >>> name_key("  SOLIDWORKS ") == name_key("Solidworks")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def slug(name: str) -> str:
    """A path-safe name: lower-case ASCII letters, digits and underscores, never empty.

    Notes
    -----
    A name that loses letters on the way (for example ``"Ü!"``) gets a short digest of its key,
    so that two divisions never share a slug unnoticed.

    Examples
    --------
    >>> slug("Garden & Outdoor")
    'garden_outdoor'
    >>> slug("../../etc").startswith("etc")
    True
    """
    key = name_key(name)
    text = _UNSAFE.sub("_", key).strip("_")
    if not text or not key.isascii():
        text = f"{text}_{digest_text(key)[:8]}".strip("_")
    return text[:80]
