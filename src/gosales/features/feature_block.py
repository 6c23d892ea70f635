"""One family's columns at one cutoff, of one target or of all lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gosales.core.columns import CUSTOMER
from gosales.data.window_read import WindowRead
from gosales.features.frame_cache import Place
from gosales.features.spec import FeatureSpec

_READS: Final = b"gosales.reads"


class PlacedBlock(NamedTuple):
    """A block and where it belongs.

    Parameters
    ----------
    place : (str, str or None)
        Cutoff (ISO text) and target; None for scope ``all``.
    table : pyarrow.Table
        customer_id and the family's columns of that scope, only rows that have something to say,
        sorted by customer; numbers float64 with NaN where unknown, categories as text. What its
        windows were served travels in the schema, so that a cached block knows it too.
    family : str
        Whose columns they are.
    """

    place: Place
    table: pa.Table
    family: str

    @property
    def reads(self) -> frozenset[WindowRead]:
        """What the family's windows were served when the block was computed."""
        return frozenset(map(WindowRead.parse, json.loads(self.table.schema.metadata[_READS])))


def with_reads(table: pa.Table, reads: Iterable[WindowRead]) -> pa.Table:
    """The table with what its windows were served."""
    words = json.dumps(sorted(read.words for read in reads))
    return table.replace_schema_metadata({_READS: words.encode()})


def block_table(customers: pa.Array, rows: pa.Table, specs: Sequence[FeatureSpec]) -> pa.Table:
    """The columns of some specs in the form a block has.

    Parameters
    ----------
    customers : pyarrow.Array
        customer_id of each row, as text.
    rows : pyarrow.Table
        A column per spec, of any numeric type.
    specs : sequence of FeatureSpec
        Which columns, in order.
    """
    columns = {CUSTOMER: customers}
    for spec in specs:
        values = rows[spec.name]
        columns[spec.name] = plain_text(values) if spec.dtype == "category" else _numbers(values)
    return pa.table(columns)


def empty_block(specs: Sequence[FeatureSpec]) -> pa.Table:
    """A block without rows."""
    kinds = {s.name: pa.string() if s.dtype == "category" else pa.float64() for s in specs}
    return pa.schema({CUSTOMER: pa.string(), **kinds}).empty_table()


def plain_text(values: pa.ChunkedArray) -> pa.Array:
    """Text as text: one chunk, not dictionary-encoded."""
    return pc.cast(values, pa.string()).combine_chunks()


def _numbers(values: pa.ChunkedArray) -> pa.Array:
    numbers = pc.cast(values, pa.float64()).to_numpy()
    return pa.array(np.ascontiguousarray(numbers))
