"""Places in one query that hold a date, a year, the clock, chance, a file or raw SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import ibis
import ibis.expr.operations as ops

from gosales.gauntlet.code_suspicions import CHANCE, CLOCK, DATE, DYNAMIC, FILE

# A date in text; the cutoffs themselves lie in a table of their own.
_ISO: Final = re.compile(r"(?:19|20)\d\d-\d\d(?:-\d\d)?")
_YEAR_TEXT: Final = re.compile(r"(?:19|20)\d\d(?:\D|$)")
# Years, and years with months or days behind them.
_YEARS: Final = ((1970, 2100), (197001, 210012), (19700101, 21001231))
_EPOCH: Final = 300_000_000  # seconds: from 1979 on; no feature counts as many
# Tables that Ibis makes of files; those of the view are loaded by the engine.
_OF_FILE: Final = re.compile(r"read_(?:parquet|csv|json|delta|xlsx|geo)", re.IGNORECASE)
_RAW: Final = (ops.SQLQueryResult, ops.SQLStringView)
_OF_YEARS: Final = (ops.ExtractYear, ops.ExtractIsoYear, ops.Strftime)
_COMPARED: Final = (
    ops.Binary, ops.InValues, ops.Between, ops.SimpleCase, ops.StartsWith, ops.EndsWith,
    ops.StringSQLLike, ops.StringContains, ops.RegexSearch,
)  # fmt: skip
_CALENDAR_UDF: Final = re.compile(r"(?:iso)?year|date_?part|extract|strftime|date_format")
# What a backend's own functions are called, however a query came to name them.
_SQL: Final = {
    CLOCK: re.compile(
        r"\b(?:current_(?:date|timestamp|time)|localtimestamp)\b"
        r"|\b(?:now|today|get_current_timestamp|get_current_time|curdate|getdate)\s*\(",
        re.IGNORECASE,
    ),
    CHANCE: re.compile(r"\b(?:random|rand|randn|uuid|gen_random_uuid)\s*\(", re.IGNORECASE),
    FILE: re.compile(r"\b(?:read_\w+|\w+_scan|glob|getenv)\s*\(", re.IGNORECASE),
    DATE: re.compile(r"\bmake_(?:date|timestamp)\s*\(\s*(?:19|20)\d\d\b", re.IGNORECASE),
}
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`")


def query_places(table: ibis.Table, sql: str) -> set[tuple[str, str]]:
    """What no as-of feature needs.

    Parameters
    ----------
    table : ibis.Table
        The query.
    sql : str
        As the engine compiles it: a function of the backend shows there and nowhere else.

    Returns
    -------
    set of tuple of str
        Kind and text of each place.
    """
    root = table.op()
    found = {*_dates(root), *_years(root), *_sources(root)}
    dated = any(what == DATE for what, _ in found)
    for what, pattern in _SQL.items():
        # Most dates were met above, in their own words.
        if not (what == DATE and dated):
            found |= {(what, hit.group().rstrip("( ")) for hit in pattern.finditer(_bare(sql))}
    return found


def _bare(sql: str) -> str:
    """Without texts and names in quotes."""
    return _QUOTED.sub("''", sql)


def _dates(root: ops.Node) -> Iterator[tuple[str, str]]:
    for literal in root.find(ops.Literal):
        dated = literal.dtype.is_date() or literal.dtype.is_timestamp()
        if literal.value is not None and (dated or _ISO.match(str(literal.value))):
            yield DATE, str(literal.value)
    for node in root.find(ops.Value):
        dated = node.dtype.is_date() or node.dtype.is_timestamp()
        if dated and not isinstance(node, ops.Literal) and not node.find((ops.Field, ops.Relation)):
            # Put together of constants, in whatever way.
            parts = [str(x.value) for x in node.find(ops.Literal) if x.value is not None]
            if any(_YEAR_TEXT.match(part) for part in parts):
                yield DATE, f"{type(node).__name__} {', '.join(parts)}"
    for frame in root.find(ops.InMemoryTable):
        if any(kind.is_date() or kind.is_timestamp() for kind in frame.schema.values()):
            yield DATE, f"table of dates {frame.name}"


def _years(root: ops.Node) -> Iterator[tuple[str, str]]:
    of_years, of_epoch = _About(*_OF_YEARS, text=True), _About(ops.ExtractEpochSeconds)
    for compared in root.find(_COMPARED):
        sides = list(_operands(compared))
        years, epoch = any(map(of_years, sides)), any(map(of_epoch, sides))
        for literal in (side for side in sides if isinstance(side, ops.Literal)):
            if (years and _like_year(literal.value)) or (epoch and _like_epoch(literal.value)):
                yield DATE, f"year {type(compared).__name__.lower()} {literal.value}"


def _operands(node: ops.Node) -> Iterator[ops.Node]:
    for arg in node.args:
        for side in arg if isinstance(arg, tuple) else (arg,):
            while isinstance(side, ops.Cast) and not _from_day(side):
                side = side.arg
            if isinstance(side, ops.Value):
                yield side


def _from_day(node: ops.Node) -> bool:
    """A day as text or number."""
    kind = node.arg.dtype if isinstance(node, ops.Cast) else None
    told = kind is not None and (kind.is_date() or kind.is_timestamp())
    return told and (node.to.is_string() or node.to.is_integer())


class _About:
    """Whether a value is computed, row by row, from such a part of a day; each is asked once."""

    def __init__(self, *kinds: type, text: bool = False) -> None:
        self._kinds = kinds
        self._text = text
        self._known: dict[ops.Node, bool] = {}

    def __call__(self, node: ops.Node) -> bool:
        if node not in self._known:
            self._known[node] = self._of(node)
        return self._known[node]

    def _of(self, node: ops.Node) -> bool:
        if isinstance(node, self._kinds):
            return True
        if self._text and (_from_day(node) or _is_calendar_udf(node)):
            return True
        if isinstance(node, ops.Field):
            # What a column of an earlier step was made of.
            values = getattr(node.rel, "values", None) or {}
            made = None if isinstance(node.rel, ops.PhysicalTable) else values.get(node.name)
            return made is not None and self(made)
        if not isinstance(node, ops.Value) or isinstance(node, ops.Reduction | ops.WindowFunction):
            return False
        # A truth is no year, though it may have been found by one.
        return any(self(a) for a in _operands(node) if not a.dtype.is_boolean())


def _is_calendar_udf(node: ops.Node) -> bool:
    name = getattr(node, "__func_name__", "") if isinstance(node, ops.ScalarUDF) else ""
    return bool(_CALENDAR_UDF.fullmatch(str(name).lower()))


def _like_year(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_YEAR_TEXT.match(value))
    return isinstance(value, (int, float)) and any(a <= value <= b for a, b in _YEARS)


def _like_epoch(value: Any) -> bool:
    return isinstance(value, (int, float)) and value >= _EPOCH


def _sources(root: ops.Node) -> Iterator[tuple[str, str]]:
    for leaf in root.find(ops.PhysicalTable):
        if _OF_FILE.search(str(leaf.name)):
            yield FILE, f"table {leaf.name}"
    for raw in root.find(_RAW):
        yield DYNAMIC, str(raw.query)
