"""What a configured part is, in plain values: its class and its parameters."""

from __future__ import annotations

import inspect

from gosales.core.errors import InternalError


def declared_state(part: object) -> list[object]:
    """Import path and constructor parameters of a part, for cache keys.

    Parameters
    ----------
    part : object
        A family, a policy, a population: built from plain values, each kept as an attribute
        under the parameter's name, with or without a leading underscore.

    Returns
    -------
    list
        ``[path, {name: value}]``.

    Raises
    ------
    InternalError
        If a parameter cannot be read: two parts that differ in it would share cached values.
    """
    kind = type(part)
    values = {name: _kept(part, name) for name in inspect.signature(kind).parameters}
    return [f"{kind.__module__}.{kind.__qualname__}", values]


def _kept(part: object, name: str) -> object:
    for attribute in (name, f"_{name}"):
        if hasattr(part, attribute):
            return getattr(part, attribute)
    raise InternalError(
        "a part hides a parameter",
        got=f"{type(part).__name__} without attribute {name}",
        allowed="every constructor parameter kept under its own name",
        remedy=f"assign self.{name} in the constructor",
        reason_code="hidden_parameter",
    )
