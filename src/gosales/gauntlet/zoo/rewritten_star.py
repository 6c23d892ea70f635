"""The same log with some columns or rows of its tables rewritten."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gosales.core.digests import digest_json
from gosales.data.star import TABLES, Attribute, Star


def rewritten_star(
    star: Star,
    dest: Path,
    tables: Mapping[str, pa.Table],
    what: str,
    attributes: Mapping[str, Attribute] | None = None,
) -> Star:
    """Write a star of which some tables are others.

    Parameters
    ----------
    star : Star
        The original; it is not touched.
    dest : pathlib.Path
        Directory of the copy; replaced if it exists.
    tables : mapping of str to pyarrow.Table
        Those that differ.
    what : str
        Enters the digest, so that nothing cached for the original is taken for the copy.
    attributes : mapping of str to Attribute, optional
        Declared besides the original's.
    """
    shutil.rmtree(dest, ignore_errors=True)
    dest.mkdir(parents=True)
    for name in TABLES:
        if name in tables:
            pq.write_table(tables[name], dest / f"{name}.parquet")
        else:
            shutil.copyfile(star.table(name), dest / f"{name}.parquet")
    old = star.manifest
    manifest = replace(
        old,
        source=f"{old.source} ({what})",
        digest=digest_json([old.digest, what]),
        rows={n: int(pq.read_metadata(dest / f"{n}.parquet").num_rows) for n in TABLES},
        attributes={**old.attributes, **(attributes or {})},
    )
    return Star.seal(dest, manifest)


def with_column(table: pa.Table, name: str, values: pd.Series) -> pa.Table:
    """The table with one text column replaced or added."""
    column = pa.array(values, type=pa.string(), from_pandas=True)
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, column)
    return table.append_column(name, column)
