"""The queries of several families, run as few as they can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import ibis.expr.operations as ops
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gosales.core.columns import CUSTOMER, CUTOFF, TARGET
from gosales.core.timeline import Cutoff
from gosales.data.as_of import AsOfView
from gosales.data.query import Query
from gosales.features.family_query import FAILURES, SCOPES, FamilyQuery, blamed_on, broken, keys_of
from gosales.features.feature_block import block_table, plain_text
from gosales.features.fusion import Fusion, SharedRows


@dataclass(frozen=True)
class _Source:
    """What is fetched once per cutoff, and the families whose columns of a scope it holds."""

    query: Query
    scope: str
    readers: tuple[FamilyQuery, ...]
    needs: tuple[SharedRows, ...]


@dataclass(frozen=True)
class FusedQueries:
    """Families' tables as few queries, composed once and run cutoff by cutoff.

    Parameters
    ----------
    view : AsOfView
        What the tables were asked of; cut down to the cutoff before `blocks` is called.
    sources : sequence of _Source
        What is fetched.
    """

    view: AsOfView
    sources: Sequence[_Source]

    @classmethod
    def of(cls, queries: Sequence[FamilyQuery], view: AsOfView) -> FusedQueries:
        """Compose the queries.

        Raises
        ------
        InternalError
            If one cannot be composed; the error names the family.
        """
        fusion = Fusion(view.engine)
        with _blaming_one_of(queries, view):
            return cls(view, [s for scope in SCOPES for s in _sources(queries, scope, fusion)])

    def compute(self, cutoff: Cutoff, then: Callable[[Cutoff, FamilyBlocks], None]) -> None:
        """The blocks of one cutoff, some families' of one scope at a time.

        Parameters
        ----------
        cutoff : Cutoff
            To which the view is cut down.
        then : callable
            Takes blocks as they come; from several threads, in any order.

        Raises
        ------
        InternalError
            If a query fails, rows share a key, a customer is null or a number is infinite.
        """
        self.view.engine.together(
            [partial(self._compute, group, cutoff, then) for group in _apart(self.sources)]
        )

    def _compute(
        self,
        sources: Sequence[_Source],
        cutoff: Cutoff,
        then: Callable[[Cutoff, FamilyBlocks], None],
    ) -> None:
        engine, filled = self.view.engine, dict[SharedRows, None]()
        try:
            for at, source in enumerate(sources):
                with _blaming_one_of(source.readers, self.view):
                    for shared in source.needs:
                        if shared not in filled:
                            engine.fill(shared.slot, shared.query)
                            filled[shared] = None
                    rows = _of_cutoff(engine.fetch(source.query), cutoff)
                later = {shared for other in sources[at + 1 :] for shared in other.needs}
                for shared in [s for s in filled if s not in later]:
                    engine.release(shared.slot)
                    del filled[shared]
                then(cutoff, _blocks(source, rows))
        finally:
            for shared in filled:
                engine.release(shared.slot)


# By family: the rows of each target that has any; of scope ``all`` the target is None.
FamilyBlocks = dict[str, dict[str | None, pa.Table]]


def _sources(queries: Sequence[FamilyQuery], scope: str, fusion: Fusion) -> list[_Source]:
    mine = [q for q in queries if scope in q.tables]
    nodes = [_flat(t.op()) for t in fusion.fused([q.tables[scope] for q in mine])]
    together: dict[ops.Node, list[int]] = defaultdict(list)
    for i, node in enumerate(nodes):
        # What only picks columns of a shared result is fetched with all that pick from it.
        together[node.parent if _reads_a_table(node) else node].append(i)
    found = []
    for parent, members in together.items():
        values: dict[str, ops.Value] = {}
        for i in members:
            values |= dict(nodes[i].values)
        picked = len(members) > 1
        table = (ops.Project(parent, values) if picked else nodes[members[0]]).to_expr()
        query = fusion.engine.compiled(table.order_by(keys_of(scope)[1:]))
        needs = tuple(fusion.needed(table))
        found.append(_Source(query, scope, tuple(mine[i] for i in members), needs))
    return found


def _apart(sources: Sequence[_Source]) -> list[list[_Source]]:
    """Groups of sources, so that no two groups need the same shared rows."""
    groups: list[tuple[set[SharedRows], list[int]]] = []
    for i, source in enumerate(sources):
        needs, members = set(source.needs), [i]
        for group in [g for g in groups if g[0] & needs]:
            groups.remove(group)
            needs, members = needs | group[0], [*group[1], *members]
        groups.append((needs, sorted(members)))
    # The longest first, so that none is left alone at the end.
    groups.sort(key=lambda group: -len(group[0]) - len(group[1]))
    return [[sources[i] for i in members] for _, members in groups]


def _of_cutoff(rows: pa.Table, cutoff: Cutoff) -> pa.Table:
    """A family may have made its rows in Python, and then they are those of all cutoffs."""
    mine = pc.equal(pc.cast(rows[CUTOFF], pa.date32()), pa.scalar(cutoff.day, pa.date32()))
    kept = rows if pc.all(mine, skip_nulls=False).as_py() else rows.filter(mine)
    return kept.drop_columns(CUTOFF)


def _blocks(source: _Source, rows: pa.Table) -> FamilyBlocks:
    parts = _by_target(source, rows)
    found: FamilyBlocks = {}
    customers = plain_text(rows[CUSTOMER])
    for query in source.readers:
        block = block_table(customers, rows, query.specs(source.scope))
        _check_finite(query, source.scope, block)
        found[query.family.name] = {
            target: block.slice(start, end - start) for target, (start, end) in parts.items()
        }
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


def _by_target(source: _Source, rows: pa.Table) -> dict[str | None, tuple[int, int]]:
    """Where the rows of each target begin and end; rows are sorted by target and customer."""
    customers = _codes(source, rows[CUSTOMER])
    targets = _codes(source, rows[TARGET]) if source.scope == "target" else None
    new = customers[1:] != customers[:-1]
    starts = np.zeros(0, dtype=np.int64)
    if targets is not None:
        starts = np.flatnonzero(targets[1:] != targets[:-1]) + 1
        new[starts - 1] = True
    if not new.all():
        raise broken(source.readers[0].family, f"scope {source.scope}: rows with the same key")
    if targets is None:
        return {None: (0, rows.num_rows)}
    edges = [0, *starts.tolist(), rows.num_rows]
    return {
        str(rows[TARGET][start].as_py()): (start, end)
        for start, end in pairwise(edges)
        if end > start
    }


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
