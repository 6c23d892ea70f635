"""Passwords in addresses never reach a log, a parameter or an artifact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PASSWORD = re.compile(r"(?P<head>[a-zA-Z][\w+.-]*://[^\s:/@]*):(?P<secret>[^\s'\",]+)@")
_QUERY = re.compile(r"(?i)(?P<head>[?&](?:password|pwd|token|secret|api_key)=)[^&\s]+")


def redact(value: Any) -> Any:
    """Replace passwords in URLs by ``***``, at any depth of mappings and lists.

    Examples
    --------
    >>> redact({"url": "postgresql://ann:s3cret@db/sales", "n": 3})
    {'url': 'postgresql://ann:***@db/sales', 'n': 3}
    """
    if isinstance(value, str):
        return _QUERY.sub(r"\g<head>***", _PASSWORD.sub(r"\g<head>:***@", value))
    if isinstance(value, Mapping):
        return {key: redact(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact(item) for item in value]
    return value
