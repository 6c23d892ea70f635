"""Expressions that share their work: equal groupings of equal rows are computed once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.operations as ops

from gosales.data.engine import Engine
from gosales.data.query import Query


@dataclass(frozen=True, eq=False)
class SharedRows:
    """A result that several queries read.

    Parameters
    ----------
    slot : ibis.Table
        Where its rows are put.
    query : Query
        What computes them.
    needs : tuple of SharedRows
        What must be in place before, also what those need.
    """

    slot: ibis.Table
    query: Query
    needs: tuple[SharedRows, ...]


class Fusion:
    """Rewrites tables so that aggregates over the same rows and keys become one query.

    Parameters
    ----------
    engine : Engine
        Will run the queries; nothing is run here.
    width : int, default 25
        Most measures of one pass; an aggregate with more keeps a pass of its own.

    Notes
    -----
    Two aggregates are fused when their parent and their grouping are equal as expressions,
    whatever they measure; the union of their measures is computed in one pass and put into a
    slot, and each table reads its own columns from there. A pass holds at most ``width`` measures:
    the state of more per group leaves the processor's cache, and the pass costs more than a
    second scan. Innermost aggregates go first, so that a grouping shared below (one row per
    account and day, say) is shared too. Nothing else of an expression is touched: fused or not,
    the values are the same.

    Examples
    --------
    >>> import pandas as pd
    >>> from gosales.data.duckdb_engine import DuckDBEngine
    >>> engine = DuckDBEngine(threads=1)
    >>> rows = pd.DataFrame({"k": ["a", "a"], "x": [1, 2]})
    >>> lines = engine.literal(rows, {"k": "string", "x": "int64"})
    >>> fusion = Fusion(engine)
    >>> n, total = fusion.fused([lines.group_by("k").aggregate(n=lines.count()),
    ...                          lines.group_by("k").aggregate(total=lines.x.sum())])
    >>> for shared in fusion.needed(total):
    ...     engine.fill(shared.slot, shared.query)
    >>> engine.run(total.join(n, "k"))[["n", "total"]].values.tolist()
    [[2, Decimal('3')]]
    """

    def __init__(self, engine: Engine, width: int = 25) -> None:
        self.engine = engine
        self._width = width
        self._slots: dict[ops.Node, SharedRows] = {}

    @property
    def shared(self) -> int:
        """How many results are shared."""
        return len(self._slots)

    def fused(self, tables: Sequence[ibis.Table]) -> list[ibis.Table]:
        """The same tables, reading shared results where there are any."""
        nodes = [table.op() for table in tables]
        while replacements := self._replacements(nodes):
            nodes = [node.replace(replacements) for node in nodes]
        return [node.to_expr() for node in nodes]

    def needed(self, table: ibis.Table) -> list[SharedRows]:
        """What must be in its slot before a table can be run, in order."""
        own = [self._slots[n] for n in table.op().find(ops.DatabaseTable) if n in self._slots]
        return list(dict.fromkeys(each for one in own for each in (*one.needs, one)))

    def _replacements(self, nodes: Sequence[ops.Node]) -> dict[ops.Node, ops.Node]:
        users: dict[Any, list[ops.Aggregate]] = defaultdict(list)
        for node in nodes:
            for aggregate in _innermost(node):
                users[aggregate.parent, aggregate.groups].append(aggregate)
        found: dict[ops.Node, ops.Node] = {}
        for aggregates in users.values():
            for pass_ in self._passes(aggregates) if len(aggregates) > 1 else ():
                found.update(self._merged(pass_))
        return found

    def _passes(self, aggregates: Sequence[ops.Aggregate]) -> list[list[ops.Aggregate]]:
        """The distinct aggregates in order, as many together as the width admits."""
        passes: list[list[ops.Aggregate]] = []
        metrics: set[ops.Node] = set()
        for aggregate in dict.fromkeys(aggregates):
            own = set(aggregate.metrics.values())
            if not passes or len(metrics | own) > self._width:
                passes.append([])
                metrics = set()
            passes[-1].append(aggregate)
            metrics |= own
        return passes

    def _merged(self, aggregates: Sequence[ops.Aggregate]) -> Iterator[tuple[ops.Node, ops.Node]]:
        first = aggregates[0]
        metrics = dict.fromkeys(m for a in aggregates for m in a.metrics.values())
        names = {metric: f"m{i}" for i, metric in enumerate(metrics)}
        merged = ops.Aggregate(
            first.parent, first.groups, {n: m for m, n in names.items()}
        ).to_expr()
        slot = self.engine.slot(merged.schema())
        query, needs = self.engine.compiled(merged), tuple(self.needed(merged))
        source = slot.op()
        self._slots[source] = SharedRows(slot, query, needs)
        for aggregate in aggregates:
            values = {name: ops.Field(source, name) for name in aggregate.groups}
            values |= {n: ops.Field(source, names[m]) for n, m in aggregate.metrics.items()}
            yield aggregate, ops.Project(source, values)


def _innermost(node: ops.Node) -> list[ops.Aggregate]:
    """The aggregates of an expression that have no other aggregate below them."""
    return [a for a in node.find(ops.Aggregate) if not a.parent.find(ops.Aggregate)]
