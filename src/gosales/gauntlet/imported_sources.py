"""Source text of what some modules import, read and never run."""

from __future__ import annotations

import ast
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from importlib.machinery import PathFinder
from importlib.util import decode_source
from pathlib import Path
from typing import Final

_INSTALLED: Final = ("stdlib", "platstdlib", "purelib", "platlib")
_OWN: Final = "gosales"


def imported_sources(sources: Mapping[str, str]) -> dict[str, str]:
    """Modules that some modules import, those that import in turn, and so on.

    Parameters
    ----------
    sources : mapping of str to str
        Module name to source text.

    Returns
    -------
    dict of str to str
        Module name to source, without those given. Not followed are modules of an installed
        distribution, of the standard library and of this package; nothing is imported.
    """
    found: dict[str, str] = {}
    seen = set(sources)
    waiting = list(sources.items())
    while waiting:
        name, text = waiting.pop()
        for wanted in _wanted(name, text):
            file = None if wanted in seen else _file(wanted)
            seen.add(wanted)
            if file is not None:
                found[wanted] = decode_source(file.read_bytes())
                waiting.append((wanted, found[wanted]))
    return found


def _wanted(module: str, text: str) -> Iterator[str]:
    """Names a module's text imports, at its head or anywhere in it."""
    for node in ast.walk(ast.parse(text)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            # What is imported from a package may be a module of it.
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[: i + 1]) for i in range(len(parts)))


def _base(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    loaded = sys.modules.get(module)
    # A package is its own home, a module lies in one.
    up = node.level - (1 if hasattr(loaded, "__path__") else 0)
    home = module.split(".")[: -up or None]
    return ".".join([*home, *([node.module] if node.module else [])])


def _file(name: str) -> Path | None:
    top = name.partition(".")[0]
    if top == _OWN or top in sys.stdlib_module_names:
        return None
    places = None
    parts = name.split(".")
    for i in range(len(parts)):
        # Looked up from the outside in: asking for a module by its full name would import.
        spec = PathFinder.find_spec(".".join(parts[: i + 1]), places)
        if spec is None:
            return None
        places = list(spec.submodule_search_locations or ())
    file = Path(spec.origin).resolve() if spec is not None and spec.origin else None
    if file is None or file.suffix != ".py":
        return None
    homes = (Path(sysconfig.get_paths()[key]).resolve() for key in _INSTALLED)
    return None if any(file.is_relative_to(home) for home in homes) else file
