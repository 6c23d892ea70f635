"""Which files the classes of a candidate are made of: what a fresh process may read of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.machinery import all_suffixes
from pathlib import Path
from types import ModuleType
from typing import Final

# What a package says of itself to importlib.metadata: names and versions, no data.
_METADATA: Final = ("METADATA", "PKG-INFO", "entry_points.txt", "top_level.txt")
_METADATA_FOLDERS: Final = ("*.dist-info", "*.egg-info")


def code_places() -> list[str]:
    """Code and metadata files of every package in use that lies outside the installation.

    Returns
    -------
    list of str
        Files, sorted. Data that lies beside a plug-in's code is not among them: it may have been
        made with knowledge of the future, and no rebuild could tell.
    """
    installation = tuple(str(Path(p).resolve()) for p in (sys.prefix, sys.base_prefix))
    found = {str(file) for place in _homes() for file in _code(place)}
    found |= {str(file) for entry in sys.path for file in _metadata(Path(entry or "."))}
    return sorted(f for f in found if not str(Path(f).resolve()).startswith(installation))


def _homes() -> Iterator[Path]:
    for name, module in list(sys.modules.items()):
        if "." not in name and isinstance(module, ModuleType):
            folders = [Path(p) for p in map(str, getattr(module, "__path__", ()))]
            file = getattr(module, "__file__", None)
            yield from folders or ([Path(file)] if file else [])


def _code(place: Path) -> Iterator[Path]:
    endings = tuple(all_suffixes())
    if place.is_dir():
        yield from (f for f in place.rglob("*") if f.name.endswith(endings) and f.is_file())
    elif place.is_file():
        yield place
        yield from place.parent.glob(f"__pycache__/{place.stem}.*")


def _metadata(entry: Path) -> Iterator[Path]:
    for pattern in _METADATA_FOLDERS:
        for folder in entry.glob(pattern):
            yield from (folder / name for name in _METADATA if (folder / name).is_file())
            if folder.is_file():
                yield folder
