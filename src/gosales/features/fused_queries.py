"""The queries of several families, run as few as they can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import ibis
import ibis.expr.operations as ops
import numpy as np
import pyarrow as pa

from gosales.core.columns import CUSTOMER, TARGET
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.features.family_query import FAILURES, SCOPES, FamilyQuery, blamed_on, broken, keys_of
from gosales.features.feature_block import block_table
from gosales.features.frame_cache import Place
from gosales.features.fusion import Fusion


@dataclass(frozen=True)
class _Source:
    """A table fetched once per cutoff, and the families whose columns of a scope it holds."""

    table: ibis.Table
    scope: str
    readers: tuple[FamilyQuery, ...]


@dataclass(frozen=True)
class FusedQueries:
    """Families' tables, their common groupings computed and kept, to be fetched by cutoff.

    Parameters
    ----------
    view : AsOfView
        What the tables were asked of.
    sources : sequence of _Source
        What is fetched.
    """

    view: AsOfView
    sources: Sequence[_Source]

    @classmethod
    @contextmanager
    def of(cls, queries: Sequence[FamilyQuery], view: AsOfView) -> Iterator[FusedQueries]:
        """Compute what is shared; it is forgotten at the end of the block.

        Raises
        ------
        InternalError
            If a query fails; the error names the family.
        """
        fusion = Fusion(view.engine)
        kept: list[ibis.Table] = []
        try:
            with _blaming_one_of(queries, view):
                sources = [s for scope in SCOPES for s in _sources(queries, scope, fusion)]
                for i, source in enumerate(sources):
                    if not _reads_a_table(source.table.op()):
                        kept.append(view.engine.materialise(source.table))
                        sources[i] = _Source(kept[-1], source.scope, source.readers)
            yield cls(view, sources)
        finally:
            for table in kept:
                view.engine.release(table)
            fusion.release()

    def at(self, cutoff: Cutoff) -> dict[str, dict[Place, pa.Table]]:
        """The blocks of one cutoff, by family and place; targets without rows have none.

        Raises
        ------
        InternalError
            If rows share a key, a customer is null or a number is infinite.
        """
        found: dict[str, dict[Place, pa.Table]] = defaultdict(dict)
        for source in self.sources:
            with _blaming_one_of(source.readers, self.view):
                rows = self.view.engine.fetch(
                    self.view.at(source.table, cutoff).order_by(keys_of(source.scope)[1:])
                )
            for target, part in _by_target(source, rows):
                for query in source.readers:
                    block = block_table(part, query.specs(source.scope))
                    _check_finite(query, source.scope, block)
                    found[query.family.name][str(cutoff), target] = block
        return found


def _sources(queries: Sequence[FamilyQuery], scope: str, fusion: Fusion) -> list[_Source]:
    mine = [q for q in queries if scope in q.tables]
    nodes = [_flat(t.op()) for t in fusion.fused([q.tables[scope] for q in mine])]
    together: dict[ops.Node, list[int]] = defaultdict(list)
    for i, node in enumerate(nodes):
        # What only picks columns of a kept table is fetched with all that pick from it.
        together[node.parent if _reads_a_table(node) else node].append(i)
    found = []
    for parent, members in together.items():
        values: dict[str, ops.Value] = {}
        for i in members:
            values |= dict(nodes[i].values)
        picked = len(members) > 1
        table = (ops.Project(parent, values) if picked else nodes[members[0]]).to_expr()
        found.append(_Source(table, scope, tuple(mine[i] for i in members)))
    return found


def _flat(node: ops.Node) -> ops.Node:
    """A projection of a projection as one projection."""
    while isinstance(node, ops.Project) and isinstance(node.parent, ops.Project):
        below = node.parent
        known = {ops.Field(below, name): value for name, value in below.values.items()}
        values = {name: value.replace(known) for name, value in node.values.items()}
        node = ops.Project(below.parent, values)
    return node


def _reads_a_table(node: ops.Node) -> bool:
    return isinstance(node, ops.Project) and isinstance(node.parent, ops.DatabaseTable)


@contextmanager
def _blaming_one_of(queries: Sequence[FamilyQuery], view: AsOfView) -> Iterator[None]:
    """When a shared query fails, find out whose part of it did."""
    try:
        yield
    except FAILURES:
        for query in queries:
            with blamed_on(query.family):
                for table in query.tables.values():
                    view.engine.release(view.engine.materialise(table))
        raise


def _by_target(source: _Source, rows: pa.Table) -> Iterator[tuple[str | None, pa.Table]]:
    """The rows of each target; rows are sorted by target and customer."""
    customers = _codes(source, rows[CUSTOMER])
    targets = _codes(source, rows[TARGET]) if source.scope == "target" else None
    new = customers[1:] != customers[:-1]
    starts = np.zeros(0, dtype=np.int64)
    if targets is not None:
        starts = np.flatnonzero(targets[1:] != targets[:-1]) + 1
        new[starts - 1] = True
    if not new.all():
        raise broken(source.readers[0].family, f"scope {source.scope}: rows with the same key")
    edges = [0, *starts.tolist(), rows.num_rows]
    for start, end in pairwise(edges):
        if end > start or targets is None:
            name = None if targets is None else str(rows[TARGET][start].as_py())
            yield name, rows.slice(start, end - start)


def _codes(source: _Source, column: pa.ChunkedArray) -> np.ndarray:
    if column.null_count:
        raise broken(source.readers[0].family, f"scope {source.scope}: a null customer or target")
    encoded = column.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    codes: np.ndarray = encoded.indices.to_numpy()
    return codes


def _check_finite(query: FamilyQuery, scope: str, block: pa.Table) -> None:
    infinite = [
        s.name
        for s in query.specs(scope)
        if s.dtype == "number" and np.isinf(block[s.name].to_numpy()).any()
    ]
    if infinite:
        raise broken(query.family, f"scope {scope}: infinite values in {infinite}")
