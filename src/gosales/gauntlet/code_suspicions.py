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
_YEAR_TEXT: Final = re.compile(r"(?:19|20)\d\d")
# What says that an expression is about years.
_OF_YEARS: Final = re.compile(r"year|%[Yy]", re.IGNORECASE)
_CLOCK_NAMES: Final = frozenset({"now", "today", "utcnow"})
# Calls that take a text for the present.
_DATE_MAKERS: Final = frozenset({"Timestamp", "datetime64", "to_datetime", "Period", "literal"})
_BY_NAME: Final = frozenset({"getattr", "attrgetter", "methodcaller"})
_AMONG: Final = frozenset({"isin", "between", "eq", "ne", "lt", "le", "gt", "ge"})

# Last names of a call, with the names one of which must stand before them (none: any may).
_CALLS: Final[dict[str, dict[str, frozenset[str]]]] = {
    CLOCK: {
        "now": frozenset(), "today": frozenset(), "utcnow": frozenset(),
        "time": frozenset({"time"}), "time_ns": frozenset({"time"}),
        "localtime": frozenset({"time"}), "gmtime": frozenset({"time"}),
        "getmtime": frozenset({"path"}),
    },
    FILE: {
        "open": frozenset(), "loadtxt": frozenset(), "genfromtxt": frozenset(),
        "fromfile": frozenset(), "memmap": frozenset(), "glob": frozenset(),
        "rglob": frozenset(), "iterdir": frozenset(), "listdir": frozenset(),
        "getenv": frozenset(), "ParquetFile": frozenset(), "ParquetDataset": frozenset(),
        "dataset": frozenset({"ds", "dataset"}), "get_data": frozenset({"pkgutil"}),
        "connect": frozenset({"duckdb", "ibis", "sqlite3"}), "files": frozenset({"resources"}),
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
# Whatever reads or scans a format.
_READS: Final = re.compile(
    r"(?:read|scan)_(?:csv|parquet|json|ndjson|excel|xlsx|feather|pickle|table|text|bytes|ipc|avro"
    r"|delta|orc|hdf|sql|sql_query|sql_table|database|stata|sas|spss|xml|html|fwf|geo)"
)
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
    """What a node makes innocent.

    A docstring, the star where its declaration is asked for, the name of what is called (the call
    itself is read).
    """
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.Attribute) and node.attr == _DECLARATION:
        yield node.value
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _CLOCK_NAMES:
        yield node.func


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
    elif isinstance(node, ast.Compare):
        if _of_years([node.left, *node.comparators]):
            yield DATE
    elif isinstance(node, ast.BinOp) and _of_years([node.left, node.right]):
        yield DATE


def _of_years(sides: list[ast.expr]) -> bool:
    # A number like a year may be a quantity.
    named = any(_OF_YEARS.search(ast.unparse(side)) for side in sides)
    listed = [item for side in sides for item in getattr(side, "elts", [side])]
    return named and any(map(_is_year, listed))


def _of_call(node: ast.Call) -> Iterator[str]:
    path = _path(node.func)
    if not path:
        return
    yield from _of_arguments(path[-1], node)
    last, before = path[-1], (path[-2] if len(path) > 1 else "")
    for what, calls in _CALLS.items():
        if last in calls and (not calls[last] or before in calls[last]):
            yield what
    if last in ("date", "datetime", "Timestamp", "Cutoff") and any(map(_is_year, node.args)):
        yield DATE
    if _READS.fullmatch(last):
        yield FILE
    if last == "default_rng" and not node.args and not node.keywords:
        yield CHANCE


def _of_arguments(last: str, node: ast.Call) -> Iterator[str]:
    texts = {a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    if last in _DATE_MAKERS | _BY_NAME and texts & _CLOCK_NAMES:
        yield CLOCK
    # The name is put together: nobody who reads the code sees what is asked for.
    if last in _BY_NAME and any(isinstance(a, (ast.BinOp, ast.JoinedStr)) for a in node.args):
        yield DYNAMIC
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if last in _AMONG and owner is not None and _of_years([owner, *node.args]):
        yield DATE


def _of_import(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    for what, modules in _MODULES.items():
        if any(name.partition(".")[0] in modules for name in names):
            yield what
    asked = {a.name for a in node.names if "time" in _CALLS[CLOCK].get(a.name, ())}
    if asked and getattr(node, "module", "") == "time":
        yield CLOCK
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
    if node.attr in _CLOCK_NAMES and isinstance(node.ctx, ast.Load):
        yield CLOCK


def _path(node: ast.AST) -> list[str]:
    """The dotted name of an expression; what is no name is left out."""
    if isinstance(node, ast.Attribute):
        return [*_path(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []


def _is_year(node: ast.AST) -> bool:
    if not isinstance(node, ast.Constant):
        return False
    if isinstance(node.value, str):
        return bool(_YEAR_TEXT.fullmatch(node.value))
    return type(node.value) in (int, float) and node.value in _YEARS
