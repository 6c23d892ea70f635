"""A resolved configuration as flat parameters that a store accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gosales.core.digests import digest_text
from gosales.tracking.redact import redact

MAX_VALUE: Final = 1000
_MAX_KEY: Final = 250
_UNSAFE = re.compile(r"[^\w.\- /]")


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)) and any(isinstance(v, (Mapping, list)) for v in value):
        for i, item in enumerate(value):
            yield from _leaves(item, f"{path}.{i}")
    else:
        yield path, value


def _key(path: str) -> str:
    # A key that had to be changed carries a digest, so that no two keys become one.
    safe = re.sub(r"/+|\.\.+", "_", _UNSAFE.sub("_", path)).strip("./ ")
    if safe == path and len(safe) <= _MAX_KEY:
        return safe
    return f"{safe[: _MAX_KEY - 9]}_{digest_text(path)[:8]}"


def _value(value: Any) -> str:
    text = str(value)
    if len(text) <= MAX_VALUE:
        return text
    return f"{text[: MAX_VALUE - 25]}… sha256:{digest_text(text)[:12]}"


def flatten_params(config: Mapping[str, Any]) -> dict[str, str]:
    """Flatten nested mappings to dotted keys, with safe names and bounded texts.

    Parameters
    ----------
    config : mapping
        The resolved configuration.

    Returns
    -------
    dict of str to str
        A list of plain values stays one value; passwords in URLs are masked; a value longer
        than `MAX_VALUE` characters is cut and ends with its digest.

    Examples
    --------
    >>> flatten_params({"cv": {"purge_days": 45, "steps": [1, 2]}, "name": "Garden & Outdoor"})
    {'cv.purge_days': '45', 'cv.steps': '[1, 2]', 'name': 'Garden & Outdoor'}
    """
    return {_key(path): _value(value) for path, value in _leaves(redact(config), "")}
