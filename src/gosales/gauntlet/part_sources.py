"""Source text of the modules a candidate's parts are made of."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any, Final

from gosales.gauntlet.imported_sources import imported_sources

_OWN: Final = "gosales"
_OWN_FAMILIES: Final = "gosales.features.families"
# Their objects are values, not parts.
_VALUES: Final = frozenset(
    {
        *sys.stdlib_module_names, "numpy", "pandas", "pyarrow", "polars", "ibis", "duckdb",
        "scipy", "sklearn", "lightgbm", "omegaconf", "hydra",
    }
)  # fmt: skip


def part_sources(candidate: object) -> tuple[dict[str, str], list[str]]:
    """Modules of the parts from outside, and of the package's own families.

    Parameters
    ----------
    candidate : object
        Any object; its attributes, their attributes and the items of collections are parts. So
        are functions, with what they close over, and classes.

    Returns
    -------
    dict of str to str
        Module name to source, sorted by name: modules of parts, the loaded modules of their
        packages, and what these import that no distribution installed.
    list of str
        Names of parts from outside whose source is nowhere to be read.
    """
    sources: dict[str, str] = {}
    hidden: set[str] = set()
    for kind in _kinds(candidate):
        module = _module(kind)
        if module.partition(".")[0] == _OWN and not module.startswith(_OWN_FAMILIES):
            continue
        text = _source(sys.modules.get(module))
        if text is None:
            hidden.add(f"{module}.{kind.__qualname__}")
            continue
        sources[module] = text
        if not module.startswith(_OWN):
            sources |= _neighbours(module)
    outside = {name: text for name, text in sources.items() if not name.startswith(_OWN)}
    return dict(sorted((imported_sources(outside) | sources).items())), sorted(hidden)


def _neighbours(module: str) -> dict[str, str]:
    """Other loaded modules of the same package."""
    package, _, _ = module.rpartition(".")
    if not package:
        return {}
    near = (m for m in sorted(sys.modules) if m == package or m.startswith(f"{package}."))
    found = {name: _source(sys.modules[name]) for name in near}
    return {name: text for name, text in found.items() if text is not None}


def _source(module: ModuleType | None) -> str | None:
    try:
        # A package without code has a file and no text.
        return inspect.getsource(module) if module is not None else None
    except (OSError, TypeError):
        file = getattr(module, "__file__", None)
        return "" if file and Path(file).is_file() and not Path(file).stat().st_size else None


def _kinds(candidate: object) -> list[type | FunctionType]:
    """Functions among the parts, and classes of all others with the classes they derive from."""
    seen: dict[int, object] = {}
    kinds: dict[type | FunctionType, None] = {}
    waiting = [candidate]
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, (str, bytes, int, float, type(None))):
            continue
        seen[id(part)] = part
        kinds |= dict.fromkeys(k for k in _made_of(part) if not _is_value(k))
        waiting += _held(part)
    return sorted(kinds, key=lambda k: (_module(k), k.__qualname__))


def _made_of(part: object) -> tuple[type | FunctionType, ...]:
    if isinstance(part, FunctionType):
        return (part,)
    kind = part if isinstance(part, type) else type(part)
    return () if _is_value(kind) else kind.__mro__


def _is_value(kind: type | FunctionType) -> bool:
    return _module(kind).partition(".")[0] in _VALUES


def _module(kind: type | FunctionType) -> str:
    # A wrapper bears the name of what it wraps; its globals are its own.
    of = kind.__globals__.get("__name__") if isinstance(kind, FunctionType) else kind.__module__
    return str(of)


def _held(part: object) -> Iterator[Any]:
    if isinstance(part, Mapping):
        yield from part.values()
    elif isinstance(part, (list, tuple, set, frozenset)):
        yield from part
    elif isinstance(part, functools.partial):
        yield from (part.func, *part.args, *part.keywords.values())
    elif isinstance(part, MethodType):
        yield from (part.__func__, part.__self__)
    elif isinstance(part, FunctionType):
        yield from inspect.getclosurevars(part).nonlocals.values()
    elif not isinstance(part, type) and not _is_value(type(part)):
        yield from vars(part).values() if hasattr(part, "__dict__") else ()
        if is_dataclass(part):
            yield from (getattr(part, f.name, None) for f in fields(part))
