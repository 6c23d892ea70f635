"""What of the Python installation and of the system a fenced process may read."""

from __future__ import annotations

import os
import re
import site
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib.machinery import all_suffixes
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final

_HOUSE: Final = "gosales"
# Of /dev only what holds nothing: shared memory lies there too.
_DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/tty")
_SYSTEM: Final = ("/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys", *_DEVICES)
# Of an environment of its own: whatever else lies in its folder was put there by hand.
_ENVIRONMENT: Final = ("bin", "Scripts", "include", "lib", "lib64", "Lib", "pyvenv.cfg")
_SITES: Final = ("site-packages", "dist-packages")
_CODE: Final = re.compile(
    r"({}|\.dll|\.(so|dylib)(\.\d+)*)$".format("|".join(map(re.escape, all_suffixes())))
)
# What a package says of itself to importlib.metadata.
_METADATA: Final = re.compile(
    r"\.(dist|egg)-info([/\\](METADATA|PKG-INFO|RECORD|entry_points\.txt|top_level\.txt))?$"
)
_SMALL: Final = 64  # bytes: a version, a flag; too few to hold answers
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class InstalledPlaces:
    """Folders and files of the installation, without the data of what others installed.

    Where packages lie, all may be read of those the house stands on: its own distribution, what
    it depends on, and what they depend on. Of any other it is code and metadata: a plug-in that
    was installed has its answers beside its code as well as one whose folder is on the path.

    Parameters
    ----------
    sites : iterable of str, optional
        Folders of packages; those of this interpreter if not given.
    """

    def __init__(self, sites: Iterable[str] | None = None) -> None:
        base = str(Path(os.__file__).parent / _SITES[0])
        known = [*sys.path, *site.getsitepackages(), base] if sites is None else list(sites)
        real = dict.fromkeys(os.path.realpath(s) for s in known if Path(s).name in _SITES)
        self.sites = tuple(s for s in real if Path(s).is_dir())

    def readable(self) -> list[str]:
        """Real paths of folders (with all beneath) and files."""
        own = sys.prefix != sys.base_prefix
        prefix = [str(Path(sys.prefix, name)) for name in _ENVIRONMENT] if own else [sys.prefix]
        roots = [*_SYSTEM, *prefix, sys.base_prefix, str(Path(os.__file__).parent), *self.sites]
        real = {os.path.realpath(r) for r in roots if Path(r).exists()}
        return sorted({os.path.realpath(p) for root in real for p in self._beneath(root)})

    def _beneath(self, place: str) -> Iterator[str]:
        """The place itself, or its parts where something in it is closed."""
        if place in self._data_of_others:
            return
        if place not in self._around:
            yield place
        elif place in self.sites:
            for entry in os.scandir(place):
                if entry.name in self._own_names:
                    yield from self._beneath(entry.path)
                else:
                    yield from _code(entry.path)
        else:
            for entry in os.scandir(place):
                if not entry.is_symlink():
                    yield from self._beneath(entry.path)

    @cached_property
    def _around(self) -> frozenset[str]:
        """Every folder that has a folder of packages, or others' data, in it; and those."""
        closed = [*self.sites, *(str(Path(f).parent) for f in self._data_of_others)]
        return frozenset(str(p) for c in closed for p in (Path(c), *Path(c).parents))

    @cached_property
    def _installed(self) -> dict[str, Distribution]:
        found: dict[str, Distribution] = {}
        for distribution in distributions(path=list(self.sites)):
            # The first on the path is the one that is imported.
            found.setdefault(_plain(distribution.metadata["Name"] or ""), distribution)
        return found

    @cached_property
    def _own(self) -> frozenset[str]:
        """Names of the distributions the house stands on."""
        # The house itself may lie elsewhere, as a working copy does.
        ahead = [r for d in distributions(name=_HOUSE) for r in d.requires or []]
        found = {_HOUSE}
        while ahead:
            asked = _NAME.match(ahead.pop())
            name = _plain(asked.group()) if asked else ""
            if name in self._installed and name not in found:
                found.add(name)
                ahead += self._installed[name].requires or []
        return frozenset(found)

    @cached_property
    def _own_names(self) -> frozenset[str]:
        """What their distributions put right into a folder of packages."""
        files = (f for name in self._own for f in _files(self._installed.get(name)))
        return frozenset(re.split(r"[/\\]", f, maxsplit=1)[0] for f in files)

    @cached_property
    def _data_of_others(self) -> frozenset[str]:
        """Data that other distributions put elsewhere than into a folder of their own."""
        own = self._own_names
        found = set()
        for name, distribution in self._installed.items():
            if name not in self._own:
                base = str(distribution.locate_file(""))
                for file in _files(distribution):
                    first = re.split(r"[/\\]", file, maxsplit=1)[0]
                    if (first == ".." or first in own) and not _is_code(file):
                        found.add(os.path.realpath(Path(base, file)))
        return frozenset(found)


def _files(distribution: Distribution | None) -> Iterator[str]:
    # Read as it is: parsed by importlib.metadata it takes ten times as long.
    record = distribution.read_text("RECORD") if distribution else None
    for line in (record or "").splitlines():
        yield line.rsplit(",", 2)[0].strip('"')


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_code(path: str) -> bool:
    return bool(_CODE.search(path) or _METADATA.search(path))


def _code(place: str) -> Iterator[str]:
    """Code and metadata of a package, and what is too small to be data."""
    if not Path(place).is_dir():
        found: Iterable[str] = [place]
    else:
        found = (str(Path(d, f)) for d, _, files in os.walk(place) for f in files)
    for file in map(os.path.realpath, found):
        path = Path(file)
        if path.is_file() and (_is_code(file) or path.stat().st_size <= _SMALL):
            yield file
