"""Attribute declarations as the configuration writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from gosales.core.errors import ConfigError
from gosales.data.star import Attribute

_KEYS = tuple(f.name for f in fields(Attribute))


def attributes(declared: Mapping[str, Any] | None) -> dict[str, Attribute]:
    """Read declarations such as ``{industry: {kind: static, dtype: category}}``.

    Raises
    ------
    ConfigError
        Naming every attribute with an unknown key or without a kind.

    Examples
    --------
    >>> attributes({"size": {"kind": "static", "dtype": "number"}})["size"].usable
    True
    """
    given = {str(name): value for name, value in (declared or {}).items()}
    wrong = [name for name, value in given.items() if not _is_readable(value)]
    if wrong:
        raise ConfigError(
            "attributes are declared wrongly",
            got="; ".join(f"{name}: {given[name]}" for name in wrong),
            allowed=f"a mapping with kind and, optionally, {', '.join(_KEYS[1:])}",
            remedy="write for example data.attributes.industry={kind: static, dtype: category}",
            reason_code="bad_declaration",
        )
    return {
        name: value if isinstance(value, Attribute) else Attribute(**value)
        for name, value in given.items()
    }


def _is_readable(value: Any) -> bool:
    if isinstance(value, Attribute):
        return True
    return isinstance(value, Mapping) and "kind" in value and set(value) <= set(_KEYS)
