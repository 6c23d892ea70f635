"""Raw Parquet files as typed DuckDB views; a value that does not fit its type becomes null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from gosales.data.formats import Formats
from gosales.data.mojibake import MOJIBAKE, mended
from gosales.data.parquet_files import FILE, NUMBER, PLACE, ROW, described, read_files
from gosales.data.sql_text import identifier, literal
from gosales.data.table_schema import Column
from gosales.data.typed_value import given_text, is_certain, is_text, text_value, typed_value

__all__ = ["StagedTable", "identifier", "literal", "stage"]

_PLACES: Final = ("_file", "_row", "_source", "_at")


@dataclass(frozen=True)
class StagedTable:
    """A view over raw files.

    Parameters
    ----------
    name : str
        Name of the star's table it becomes; also of the view.
    columns : tuple of Column
        Canonical columns that exist in the files.
    absent : tuple of str
        Canonical columns that do not.
    lost : tuple of str
        Columns that the mapping names and the files do not have, as ``canonical=own``.
    unknown : tuple of str
        Columns of the files that nothing declares.
    formats : Formats
        How the values were read.
    repaired : tuple of str
        Canonical columns in which mojibake was found and put right.
    certain : frozenset of str
        Canonical columns whose own type holds nothing that does not fit.

    Notes
    -----
    For each column ``x`` the view has ``x`` (typed, null when it does not fit), ``x__text`` (the
    file's value) and ``x__raw`` (whether there was one); ``_file`` and ``_row``, the row's place
    in the user's words, counted from 1; and ``_source`` and ``_at``, the Parquet file that was
    read and the row in it, from 0. A column in ``repaired`` has ``x__mended``: whether it was
    changed.
    """

    name: str
    columns: tuple[Column, ...]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    lost: tuple[str, ...] = ()
    formats: Formats = field(default_factory=Formats)
    repaired: tuple[str, ...] = ()
    certain: frozenset[str] = frozenset()


def stage(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    files: Sequence[Path],
    columns: Sequence[Column],
    mapping: Mapping[str, str],
    formats: Formats,
) -> StagedTable:
    """Create the typed view of one table.

    Parameters
    ----------
    connection : duckdb connection
        Where the view lives.
    name : str
        Name of the view.
    files : sequence of pathlib.Path
        Parquet files; columns are united by name.
    columns : sequence of Column
        Canonical columns.
    mapping : mapping of str to str
        Canonical name to the files' own.
    formats : Formats
        How dates and numbers are written.

    Raises
    ------
    DataError
        If a file is missing, is not readable Parquet, or its columns cannot be told apart.
    """
    types = described(connection, files)
    own = {c.name: mapping.get(c.name, c.name) for c in columns}
    present = [c for c in columns if own[c.name] in types]
    absent = tuple(c.name for c in columns if own[c.name] not in types)
    source, inner, outer, repaired = f"{read_files(files, placed=True)} AS log", [], [], []
    for column in present:
        kind, raw = types[own[column.name]], f"log.{identifier(own[column.name])}"
        flag = identifier(column.name + "__mended")
        if formats.repair_mojibake and is_text(kind):
            found = _find_mojibake(connection, files, own[column.name])
            if not found.empty:
                lookup = f"mended_{name}_{column.name}"
                connection.register(lookup, found)
                source += f" LEFT JOIN {identifier(lookup)} AS {flag} ON {flag}.bad = {raw}"
                inner.append(f"{flag}.bad IS NOT NULL AS {flag}")
                outer.append(flag)
                raw = f"COALESCE({flag}.good, {raw})"
                repaired.append(column.name)
        inner += _read(column, raw, kind)
        outer += _typed(column, kind, formats)
    view = identifier(f"staged_{name}")
    body = ", ".join([*_place(types), *inner])
    connection.execute(
        f"CREATE OR REPLACE VIEW {view} AS SELECT {', '.join([*_PLACES, *outer])} "
        f"FROM (SELECT {body} FROM {source})"
    )
    return StagedTable(
        name,
        tuple(present),
        absent,
        unknown=tuple(sorted(set(types) - {own[c.name] for c in present} - {PLACE, ROW})),
        lost=tuple(f"{c}={mapping[c]}" for c in absent if c in mapping),
        formats=formats,
        repaired=tuple(repaired),
        certain=frozenset(c.name for c in present if is_certain(c.kind, types[own[c.name]])),
    )


def _place(types: Mapping[str, str]) -> list[str]:
    file = f"COALESCE(log.{PLACE}, log.{FILE})" if PLACE in types else f"log.{FILE}"
    row = f"log.{ROW}" if ROW in types else f"log.{NUMBER} + 1"
    return [
        f"{file} AS _file", f"{row} AS _row", f"log.{FILE} AS _source", f"log.{NUMBER} AS _at",
    ]  # fmt: skip


def _read(column: Column, raw: str, own: str) -> list[str]:
    """The value as it is and as text: each read once, however often the types ask for it."""
    return [
        f"{raw} AS {identifier(column.name + '__own')}",
        f"{text_value(raw, own)} AS {identifier(column.name + '__text')}",
    ]


def _typed(column: Column, own: str, formats: Formats) -> list[str]:
    raw, text = identifier(column.name + "__own"), identifier(column.name + "__text")
    # Only text can be blank; spelling every number out to see whether it is there is slow.
    given = given_text(raw, own) if is_text(own) else f"{raw} IS NOT NULL"
    if own in ("DOUBLE", "FLOAT"):
        # Not a number is how pandas writes "missing".
        given = f"{raw} IS NOT NULL AND NOT isnan({raw})"
    return [
        f"{typed_value(column.kind, raw, text, own, formats)} AS {identifier(column.name)}",
        f"({given}) AS {identifier(column.name + '__raw')}",
        text,
    ]


def _find_mojibake(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], own: str
) -> pd.DataFrame:
    """The values of one column that hold mojibake (bad) and what they should be (good)."""
    name = identifier(own)
    rows = connection.execute(
        f"SELECT DISTINCT CAST({name} AS VARCHAR) FROM {read_files(files)} "
        f"WHERE regexp_matches(CAST({name} AS VARCHAR), {literal(MOJIBAKE)})"
    ).fetchall()
    pairs = [(bad, mended(bad)) for (bad,) in rows]
    wrong = [pair for pair in pairs if pair[0] != pair[1]]
    return pd.DataFrame(wrong, columns=["bad", "good"], dtype="string")
