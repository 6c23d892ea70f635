"""Rows of a database as Parquet files, a chunk at a time."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from gosales.data.parquet_files import ROW

_EXACT: Final = pa.decimal128(38, 18)
_STEP: Final = decimal.Decimal(1).scaleb(-18)
_ROOM: Final = decimal.Decimal(10) ** 20
_CONTEXT: Final = decimal.Context(prec=60)
_INT64: Final = 1 << 63

_ARROW: Final = {
    "flag": pa.bool_(),
    "whole": pa.int64(),
    "exact": _EXACT,
    "float": pa.float64(),
    "day": pa.date32(),
    "moment": pa.timestamp("us"),
    "instant": pa.timestamp("us", tz="UTC"),
    "text": pa.string(),
}
# Python types of which Arrow makes a kind by itself; others are converted value by value.
_READY: Final[dict[str, set[type]]] = {
    "flag": {bool},
    "whole": {int},
    "float": {float, int},
    "day": {datetime.date},
    "moment": {datetime.datetime},
    "instant": {datetime.datetime},
    "text": {str},
}
_FIXED: Final[dict[type, str]] = {bool: "flag", str: "text", datetime.date: "day"}
# What two kinds of value in one column are together; everything else is text.
_WIDER: Final = {
    frozenset({"whole", "exact"}): "exact",
    frozenset({"whole", "float"}): "float",
    frozenset({"exact", "float"}): "float",
    frozenset({"day", "moment"}): "moment",
}


@dataclass
class ArrowSpool:
    """Writes one table's rows as they come; memory holds one chunk.

    Parameters
    ----------
    folder : pathlib.Path
        Where the files are made.
    columns : sequence of str
        The table's columns.

    Notes
    -----
    A database need not say what type a column is (SQLite), so it is learnt from the values. When
    a later chunk shows that a column is more than it seemed, a new file begins; united by name,
    the files then have the narrowest type that holds all values: numbers, days, else text. A
    column without any value yet is not in its file; the last file, without rows, has them all.
    """

    folder: Path
    columns: Sequence[str]
    files: list[Path] = field(default_factory=list)
    _kinds: dict[str, str] = field(default_factory=dict)
    _writer: pq.ParquetWriter | None = None
    _rows: int = 0

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append one chunk."""
        if not rows:
            return
        columns = dict(zip(self.columns, zip(*rows, strict=True), strict=True))
        writer = self._writer
        for name, values in columns.items():
            kind = _together(_kinds_of(values), self._kinds.get(name))
            if kind is not None and kind != self._kinds.get(name):
                self._kinds[name] = kind
                writer = None
        writer = writer or self._begin()
        count = range(self._rows + 1, self._rows + len(rows) + 1)
        arrays = [pa.array(count, pa.int64())]
        arrays += [_array(columns[n], self._kinds[n]) for n in self.columns if n in self._kinds]
        writer.write_table(pa.table(arrays, schema=self._schema()))
        self._rows += len(rows)

    def finish(self) -> list[Path]:
        """Close the files; a table without rows has one all the same."""
        for name in self.columns:
            self._kinds.setdefault(name, "text")
        self._begin().close()
        return self.files

    def _schema(self) -> pa.Schema:
        known = [(n, _ARROW[self._kinds[n]]) for n in self.columns if n in self._kinds]
        return pa.schema([(ROW, pa.int64()), *known])

    def _begin(self) -> pq.ParquetWriter:
        if self._writer is not None:
            self._writer.close()
        path = self.folder / f"{len(self.files)}.parquet"
        self._writer = pq.ParquetWriter(path, self._schema(), compression="zstd")
        self.files.append(path)
        return self._writer


def _kind(value: Any) -> str | None:
    """The kind of one value; None of a missing one."""
    if value is None or (isinstance(value, (float, decimal.Decimal)) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int):
        return "whole" if -_INT64 <= value < _INT64 else "text"
    if isinstance(value, float):
        return "float"
    if isinstance(value, decimal.Decimal):
        return "exact" if value.is_finite() and abs(value) < _ROOM else "text"
    if isinstance(value, datetime.datetime):
        return "moment" if value.tzinfo is None else "instant"
    return "day" if isinstance(value, datetime.date) else "text"


def _kinds_of(values: Sequence[Any]) -> set[str | None]:
    # Most columns are of one type that says it all; a look at each value is slow.
    types = set(map(type, values)) - {type(None)}
    if types <= _FIXED.keys():
        return {_FIXED[t] for t in types}
    return set(map(_kind, values))


def _together(kinds: Iterable[str | None], known: str | None) -> str | None:
    found = sorted({k for k in (*kinds, known) if k is not None})
    if len(found) < 2:
        return next(iter(found), None)
    whole = found[0]
    for kind in found[1:]:
        whole = _WIDER.get(frozenset({whole, kind}), "text")
    return whole


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "backslashreplace")
    return format(value, "f") if isinstance(value, decimal.Decimal) else str(value)


def _moment(value: Any) -> datetime.datetime:
    if isinstance(value, datetime.datetime):
        return value
    return datetime.datetime(value.year, value.month, value.day)


_MAKE: Final[dict[str, Callable[[Any], Any]]] = {
    "exact": lambda value: decimal.Decimal(value).quantize(_STEP, context=_CONTEXT),
    "float": float,
    "moment": _moment,
    "text": _text,
}


def _array(values: Sequence[Any], kind: str) -> pa.Array:
    types = set(map(type, values)) - {type(None)}
    if types <= _READY.get(kind, set()):
        return pa.array(values, _ARROW[kind], from_pandas=True)
    make = _MAKE[kind]
    return pa.array([None if _kind(v) is None else make(v) for v in values], _ARROW[kind])
