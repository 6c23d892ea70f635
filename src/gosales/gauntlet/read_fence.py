"""A process that can read what it was given, the installation, and no other file."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from gosales.gauntlet.installed_places import InstalledPlaces

# Linux: the numbers of the Landlock system calls are the same on every architecture.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_WHICH_VERSION: Final = 1
_READ_FILE: Final = 1 << 2
_BIND_AND_CONNECT: Final = 0b11
_PATH_BENEATH: Final = 1
_NO_NEW_PRIVS: Final = 38
_FIRST_WITH_NETWORK: Final = 4


class ReadFence:
    """Files outside some places are out of reach for the rest of this process's life.

    Parameters
    ----------
    places : sequence of str
        Directories and files that may be read, besides the system's and the Python installation's
        (`InstalledPlaces`: of what is no part of the house, code only).

    Notes
    -----
    On Linux the kernel keeps the fence (Landlock), so that reads by compiled libraries (DuckDB,
    Arrow) and by children stop there too, and from kernel 6.7 on TCP connections. Elsewhere, and
    beside it, an audit hook stops what Python itself opens; compiled readers then go unseen, and
    only a rebuild under other names tells. The fence cannot be taken down again: raise it in a
    process made for that.
    """

    def __init__(self, places: Sequence[str]) -> None:
        given = {os.path.realpath(p) for p in places if Path(p).exists()}
        self.places = tuple(sorted(given.union(InstalledPlaces().readable())))
        # Asked for every file that is opened, thousands while libraries are imported.
        self._files = frozenset(self.places)
        self._folders = tuple(p.rstrip(os.sep) + os.sep for p in self.places if Path(p).is_dir())
        self.denied: list[str] = []

    def raise_up(self) -> bool:
        """Put the fence up.

        Returns
        -------
        bool
            Whether the kernel keeps it.
        """
        by_kernel = sys.platform == "linux" and _landlock(self.places)
        sys.addaudithook(self._hook)
        return by_kernel

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            self._deny(f"network {arguments[1]!r}")
        if event != "open" or not isinstance(arguments[0], (str, bytes, os.PathLike)):
            return
        path = os.path.realpath(os.fsdecode(arguments[0]))
        # What does not exist cannot be read; libraries look for many such files.
        if self._inside(path) or not Path(path).is_file():
            return
        if path.endswith(".pyc"):
            # Compiled by somebody else just now: the import goes on with the source.
            raise PermissionError(13, "not among the files this process was given", path)
        self._deny(path)

    def _deny(self, what: str) -> None:
        self.denied.append(what)
        raise PermissionError(13, "outside of what this build was given", what)

    def _inside(self, path: str) -> bool:
        return path in self._files or path.startswith(self._folders)


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64), ("handled_access_net", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def _landlock(places: Sequence[str]) -> bool:
    """Restrict reading of files to places; False where the kernel does not offer it."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, 0, _WHICH_VERSION)
    network = _BIND_AND_CONNECT if version >= _FIRST_WITH_NETWORK else 0
    rules = _Ruleset(_READ_FILE, network)
    # An older kernel takes the longer structure while its new part is zero.
    ruleset = libc.syscall(_CREATE, ctypes.byref(rules), ctypes.sizeof(rules), 0)
    if ruleset < 0:
        return False
    try:
        for place in places:
            handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
            rule = _Beneath(_READ_FILE, handle)
            added = libc.syscall(_ADD, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
            os.close(handle)
            if added:
                return False
        private = libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        return private and bool(libc.syscall(_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)
