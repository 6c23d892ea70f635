"""Feature columns laid out on the rows of a roster, block by block."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.features.feature_block import PlacedBlock
from gosales.features.spec import FeatureSpec


class RosterMatrix:
    """Places blocks on the rows of a roster as they come; no block is held.

    Parameters
    ----------
    roster : pandas.DataFrame
        customer_id and cutoff (ISO text), sorted by cutoff.
    specs : sequence of FeatureSpec
        The columns wanted, numbers before categories within a scope; others are passed over.

    Notes
    -----
    Where a block has no row for an account, the column is null when nullable, else zero. The
    columns of scope ``all`` are laid out once and shared by the matrices of all targets.
    """

    def __init__(self, roster: pd.DataFrame, specs: Sequence[FeatureSpec]) -> None:
        self._length = len(roster)
        cutoffs = roster[CUTOFF].to_numpy(dtype=object)
        starts = np.flatnonzero(np.r_[True, cutoffs[1:] != cutoffs[:-1]])[: self._length]
        ends = [*starts[1:].tolist(), self._length]
        customers = roster[CUSTOMER].to_numpy(dtype=object)
        self._parts = {
            str(cutoffs[a]): (a, pa.array(customers[a:b], pa.string()))
            for a, b in zip(starts.tolist(), ends, strict=True)
        }
        self._all = _Columns([s for s in specs if s.scope == "all"], self._length)
        self._own_specs = [s for s in specs if s.scope == "target"]
        self._own: dict[str, _Columns] = {}
        self._rows: dict[tuple[str, bytes], tuple[np.ndarray, np.ndarray]] = {}

    def place(self, block: PlacedBlock) -> None:
        """Write a block's values into their rows."""
        cutoff, target = block.place
        columns = self._all if target is None else self._of(target)
        wanted = [s for s in columns.specs if s.name in block.table.column_names]
        if not wanted or cutoff not in self._parts:
            return
        there, here = self._rows_of(cutoff, block.table[CUSTOMER])
        for spec in wanted:
            columns.write(spec, there, _values(block.table[spec.name], spec)[here])

    def frame(self, target: str) -> pd.DataFrame:
        """The matrix of one target, scope ``all`` first; its own columns are then forgotten.

        Returns
        -------
        pandas.DataFrame, shape (len(roster), number of specs)
        """
        parts = [*self._all.frames(), *self._of(target).frames()]
        del self._own[target]
        return pd.concat(parts, axis=1) if parts else pd.DataFrame(index=range(self._length))

    def _of(self, target: str) -> _Columns:
        if target not in self._own:
            self._own[target] = _Columns(self._own_specs, self._length)
        return self._own[target]

    def _rows_of(self, cutoff: str, customers: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the matrix and of the block that are of the same account."""
        # Blocks of families that looked at the same lines list the same accounts.
        array = customers.combine_chunks()
        state = hashlib.blake2b(str(len(array)).encode(), digest_size=16)
        for buffer in array.buffers()[1:]:
            state.update(buffer or b"")
        key = (cutoff, state.digest())
        if key not in self._rows:
            start, accounts = self._parts[cutoff]
            found = pc.index_in(array, value_set=accounts)
            at = pc.fill_null(found, -1).to_numpy().astype(np.int64)
            here = np.flatnonzero(at >= 0)
            self._rows[key] = (start + at[here], here)
        return self._rows[key]


class _Columns:
    """Columns of one scope: numbers in one block of memory, categories one by one."""

    def __init__(self, specs: Sequence[FeatureSpec], length: int) -> None:
        self.specs = list(specs)
        self._length = length
        numbers = [s for s in specs if s.dtype == "number"]
        self._at = {s.name: i for i, s in enumerate(numbers)}
        # Zeros cost nothing until they are written over.
        self._numbers = np.zeros((length, len(numbers)), order="F")
        for i, spec in enumerate(numbers):
            if spec.nullable:
                self._numbers[:, i] = np.nan
        self._texts: dict[str, np.ndarray] = {
            s.name: np.full(length, None, dtype=object) for s in specs if s.dtype == "category"
        }

    def write(self, spec: FeatureSpec, rows: np.ndarray, values: np.ndarray) -> None:
        if spec.dtype == "category":
            self._texts[spec.name][rows] = values
        else:
            self._numbers[rows, self._at[spec.name]] = values

    def frames(self) -> list[pd.DataFrame]:
        found: list[pd.DataFrame] = []
        index: Any = range(self._length)
        if self._at:
            names = list(self._at)
            found.append(pd.DataFrame(self._numbers, columns=names, index=index, copy=False))
        if self._texts:
            texts = {n: pd.array(values, dtype="str") for n, values in self._texts.items()}
            found.append(pd.DataFrame(texts, index=index))
        return found


def _values(column: pa.ChunkedArray, spec: FeatureSpec) -> np.ndarray:
    if spec.dtype == "category":
        texts: np.ndarray = column.to_numpy(zero_copy_only=False)
        return texts
    numbers: np.ndarray = column.to_numpy()
    return numbers if spec.nullable else np.where(np.isnan(numbers), 0.0, numbers)
