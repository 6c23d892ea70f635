"""Source text of the modules a candidate's parts are made of."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

_OWN: Final = "gosales"
_OWN_FAMILIES: Final = "gosales.features.families"
# Their objects are values, not parts.
_VALUES: Final = frozenset(
    {*sys.stdlib_module_names, "numpy", "pandas", "pyarrow", "ibis", "duckdb", "scipy", "sklearn"}
)


def part_sources(candidate: object) -> tuple[dict[str, str], list[str]]:
    """Modules of the parts from outside, and of the package's own families.

    Parameters
    ----------
    candidate : object
        Any object; its attributes, their attributes and the items of collections are parts.

    Returns
    -------
    dict of str to str
        Module name to source, sorted by name.
    list of str
        Names of parts from outside whose source is nowhere to be read.
    """
    sources: dict[str, str] = {}
    hidden: set[str] = set()
    for kind in _kinds(candidate):
        module = kind.__module__
        if module.partition(".")[0] == _OWN and not module.startswith(_OWN_FAMILIES):
            continue
        text = _source(sys.modules.get(module))
        if text is None:
            hidden.add(f"{module}.{kind.__qualname__}")
            continue
        sources[module] = text
        if not module.startswith(_OWN):
            sources |= _neighbours(module)
    return dict(sorted(sources.items())), sorted(hidden)


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


def _kinds(candidate: object) -> list[type]:
    """Classes of all parts, each with the classes it derives from."""
    seen: dict[int, object] = {}
    kinds: dict[type, None] = {}
    waiting = [candidate]
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, (str, bytes, int, float, type(None), type)):
            continue
        seen[id(part)] = part
        if type(part).__module__.partition(".")[0] not in _VALUES:
            kinds |= dict.fromkeys(
                k for k in type(part).__mro__ if k.__module__.partition(".")[0] not in _VALUES
            )
        waiting += _held(part)
    return sorted(kinds, key=lambda k: (k.__module__, k.__qualname__))


def _held(part: object) -> Iterator[Any]:
    if isinstance(part, Mapping):
        yield from part.values()
    elif isinstance(part, (list, tuple, set, frozenset)):
        yield from part
    elif type(part).__module__.partition(".")[0] not in _VALUES:
        yield from vars(part).values() if hasattr(part, "__dict__") else ()
        if is_dataclass(part):
            yield from (getattr(part, f.name, None) for f in fields(part))
