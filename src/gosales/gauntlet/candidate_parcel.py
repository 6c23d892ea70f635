"""A candidate on its way to another process: what it was made from, and no memory."""

from __future__ import annotations

import enum
import inspect
import io
import pickle
import sys
from typing import Any, Final

from gosales.core.errors import ConfigError

# Their objects are values, not parts: they cross as they are.
_VALUES: Final = frozenset(
    {*sys.stdlib_module_names, "gosales", "numpy", "pandas", "pyarrow", "ibis", "duckdb"}
)


def parcel_of(candidate: object) -> bytes:
    """Pickle a candidate so that every part from outside the package is made anew on arrival.

    Parameters
    ----------
    candidate : object
        Its parts (families, transforms, estimators, splitters ...) and it itself keep every
        constructor parameter under its own name, with or without a leading underscore.

    Returns
    -------
    bytes
        For ``pickle.loads``.

    Raises
    ------
    ConfigError
        If a part hides a parameter.

    Notes
    -----
    A part that came from outside crosses as its class and its constructor's arguments, whatever
    its own pickling would send: what it has learned or remembered since it was made stays here,
    and so does what fills a default (``memory=[]`` is one list for all instances). An argument
    that was given crosses as it is now: pack a candidate before it is asked for anything.
    """
    stream = io.BytesIO()
    _Packer(stream, protocol=pickle.HIGHEST_PROTOCOL).dump(candidate)
    return stream.getvalue()


class _Packer(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        kind = type(obj)
        if kind.__module__.partition(".")[0] in _VALUES or isinstance(obj, (type, enum.Enum)):
            return NotImplemented
        return _made, (kind, *_arguments(obj))


def _made(kind: type, positional: tuple[Any, ...], named: dict[str, Any]) -> Any:
    return kind(*positional, **named)


def _arguments(part: object) -> tuple[tuple[Any, ...], dict[str, Any]]:
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for name, parameter in inspect.signature(type(part)).parameters.items():
        value = _kept(part, name)
        if value is parameter.default and parameter.kind is not parameter.POSITIONAL_ONLY:
            continue  # made anew on arrival: a default may be a list that all instances fill
        if parameter.kind is parameter.VAR_POSITIONAL:
            positional += list(value)
        elif parameter.kind is parameter.POSITIONAL_ONLY:
            positional.append(value)
        elif parameter.kind is parameter.VAR_KEYWORD:
            named |= dict(value)
        else:
            named[name] = value
    return tuple(positional), named


def _kept(part: object, name: str) -> Any:
    for attribute in (name, f"_{name}"):
        if hasattr(part, attribute):
            return getattr(part, attribute)
    raise ConfigError(
        "a part cannot be made anew for the audit",
        got=f"{type(part).__module__}.{type(part).__qualname__} without attribute {name}",
        allowed="every constructor parameter kept under its own name",
        remedy=f"assign self.{name} in the constructor",
        reason_code="hidden_parameter",
    )
