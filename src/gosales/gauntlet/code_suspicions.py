"""Places in Python source that read the clock, files, the network, or a date written in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

CLOCK: Final = "wall clock"
DATE: Final = "date or year in code"
FILE: Final = "file read"
NETWORK: Final = "network"
DYNAMIC: Final = "code made at run time"
CHANCE: Final = "chance without a seed"
AROUND: Final = "way around the as-of view"

_ISO: Final = re.compile(r"\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-\d\d)?\b")
_YEAR_IN_NAME: Final = re.compile(r"(?:^|_)(?:19|20)\d\d(?:$|_)")
_YEARS: Final = range(1970, 2101)

# Last names of a call, with the names one of which must stand before them (none: any may).
_CALLS: Final[dict[str, dict[str, frozenset[str]]]] = {
    CLOCK: {
        "now": frozenset(), "today": frozenset(), "utcnow": frozenset(),
        "time": frozenset({"time"}), "time_ns": frozenset({"time"}),
        "localtime": frozenset({"time"}), "gmtime": frozenset({"time"}),
        "getmtime": frozenset({"path"}),
    },
    FILE: {
        "open": frozenset(), "read_csv": frozenset(), "read_parquet": frozenset(),
        "read_json": frozenset(), "read_excel": frozenset(), "read_feather": frozenset(),
        "read_pickle": frozenset(), "read_table": frozenset(), "read_text": frozenset(),
        "read_bytes": frozenset(), "loadtxt": frozenset(), "fromfile": frozenset(),
        "memmap": frozenset(), "glob": frozenset(), "getenv": frozenset(),
        "load": frozenset({"np", "numpy", "joblib", "pickle", "json", "yaml"}),
    },
    DYNAMIC: {
        "eval": frozenset({""}), "exec": frozenset({""}), "compile": frozenset({""}),
        "__import__": frozenset(), "import_module": frozenset(), "raw_sql": frozenset(),
        "sql": frozenset(),
    },
    CHANCE: {
        "random": frozenset({"random", "ibis"}), "uuid4": frozenset(), "uuid": frozenset({"ibis"}),
        "urandom": frozenset(), "shuffle": frozenset({"random"}), "choice": frozenset({"random"}),
    },
}  # fmt: skip
_MODULES: Final[dict[str, frozenset[str]]] = {
    NETWORK: frozenset({"socket", "requests", "urllib", "http", "ftplib", "httpx", "aiohttp"}),
    FILE: frozenset({"sqlite3", "shelve", "tempfile", "mmap"}),
    DYNAMIC: frozenset({"ctypes", "subprocess", "importlib"}),
}
# What a view holds, and what reads the star without one.
_AROUND_NAMES: Final = frozenset({"star_table", "OutcomeView"})
_VIEW: Final = frozenset({"view", "_view"})
_DECLARATION: Final = "manifest"  # what the source declares of itself: no data


@dataclass(frozen=True)
class Suspicion:
    """One place.

    Parameters
    ----------
    what : str
        Kind.
    text : str
        The code, shortened.
    line : int
        Where.
    """

    what: str
    text: str
    line: int


def code_suspicions(source: str) -> list[Suspicion]:
    """Suspicious places of one module, in the order of their lines.

    Parameters
    ----------
    source : str
        Python text. Texts that are statements (docstrings) are not read.

    Raises
    ------
    SyntaxError
        If it is not Python.

    Examples
    --------
    >>> [(s.what, s.text) for s in code_suspicions("age = date.today() - born")]
    [('wall clock', 'date.today()')]
    """
    tree = ast.parse(source)
    innocent = {id(inner) for node in ast.walk(tree) for inner in _cleared(node)}
    found = [
        Suspicion(what, ast.unparse(node)[:80], getattr(node, "lineno", 0))
        for node in ast.walk(tree)
        if id(node) not in innocent
        for what in _kinds(node)
    ]
    return sorted(set(found), key=lambda s: (s.line, s.what, s.text))


def _cleared(node: ast.AST) -> Iterator[ast.AST]:
    """What a node makes innocent: a docstring, or the star where its declaration is asked for."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.Attribute) and node.attr == _DECLARATION:
        yield node.value


def _kinds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from _of_import(node)
    elif isinstance(node, ast.Attribute):
        yield from _of_member(node)
    elif isinstance(node, ast.Name) and node.id in _AROUND_NAMES:
        yield AROUND
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        if _ISO.search(node.value) or _YEAR_IN_NAME.search(node.value):
            yield DATE
    elif isinstance(node, ast.Compare) and _of_years(node):
        yield DATE


def _of_years(node: ast.Compare) -> bool:
    # A number like a year may be a quantity.
    named = "year" in ast.unparse(node).lower()
    return named and any(map(_is_year, [node.left, *node.comparators]))


def _of_call(node: ast.Call) -> Iterator[str]:
    path = _path(node.func)
    if not path:
        return
    last, before = path[-1], (path[-2] if len(path) > 1 else "")
    for what, calls in _CALLS.items():
        if last in calls and (not calls[last] or before in calls[last]):
            yield what
    if last in ("date", "datetime", "Timestamp", "Cutoff") and any(map(_is_year, node.args)):
        yield DATE
    if last == "default_rng" and not node.args and not node.keywords:
        yield CHANCE


def _of_import(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    for what, modules in _MODULES.items():
        if any(name.partition(".")[0] in modules for name in names):
            yield what
    if any(alias.name in _AROUND_NAMES for alias in node.names):
        yield AROUND


def _of_member(node: ast.Attribute) -> Iterator[str]:
    owner = _path(node.value)
    last = owner[-1] if owner else ""
    if last in _VIEW and (node.attr == "star" or node.attr.startswith("_")):
        yield AROUND
    if last == "engine" and node.attr == "table":
        yield AROUND
    if node.attr == "environ":
        yield FILE


def _path(node: ast.AST) -> list[str]:
    """The dotted name of an expression; what is no name is left out."""
    if isinstance(node, ast.Attribute):
        return [*_path(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []


def _is_year(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value in _YEARS
