"""Dates, years, foreign tables and raw SQL in the queries of a candidate's families."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import ibis
import ibis.expr.operations as ops

from gosales.evaluation.familied_candidate import FamiliedCandidate
from gosales.features.family_query import FamilyQuery
from gosales.gauntlet.code_suspicions import DATE, DYNAMIC, FILE
from gosales.gauntlet.context import GauntletContext

# A date in text; the cutoffs themselves lie in a table of their own.
_ISO: Final = re.compile(r"^(?:19|20)\d\d-\d\d(?:-\d\d)?")
# Tables that Ibis makes of files; those of the view are loaded by the engine.
_OF_FILE: Final = re.compile(r"read_(?:parquet|csv|json|delta|xlsx|geo)", re.IGNORECASE)
_RAW: Final = (ops.SQLQueryResult, ops.SQLStringView)


def query_suspicions(context: GauntletContext) -> tuple[list[dict[str, Any]], int]:
    """What the queries hold that no as-of feature needs.

    Parameters
    ----------
    context : GauntletContext
        Its candidate shows its families; else nothing is read.

    Returns
    -------
    list of dict
        ``what``, ``text`` and ``where`` of each place.
    int
        How many queries were read.
    """
    candidate = context.candidate
    if not isinstance(candidate, FamiliedCandidate):
        return [], 0
    found: list[dict[str, Any]] = []
    asked = 0
    for query in _queries(candidate, context):
        for scope, table in query.tables.items():
            asked += 1
            where = f"query of {query.family.name}, scope {scope}"
            found += [
                {"what": what, "text": text[:80], "where": where}
                for what, text in sorted(set(_places(table)))
            ]
    return found, asked


def _queries(candidate: FamiliedCandidate, context: GauntletContext) -> Iterator[FamilyQuery]:
    view = candidate.family_view(context.star, [context.cutoff])
    yield from (FamilyQuery.of(family, view) for family in candidate.families)


def _places(table: ibis.Table) -> Iterator[tuple[str, str]]:
    root = table.op()
    for literal in root.find(ops.Literal):
        dated = literal.dtype.is_date() or literal.dtype.is_timestamp()
        if literal.value is not None and (dated or _ISO.match(str(literal.value))):
            yield DATE, str(literal.value)
    for comparison in root.find(ops.Comparison):
        sides = (comparison.left, comparison.right)
        fixed = [s for s in sides if isinstance(s, ops.Literal)]
        if fixed and any(isinstance(s, ops.ExtractYear) for s in sides):
            yield DATE, f"year {type(comparison).__name__.lower()} {fixed[0].value}"
    for leaf in root.find(ops.PhysicalTable):
        if _OF_FILE.search(str(leaf.name)):
            yield FILE, f"table {leaf.name}"
    for raw in root.find(_RAW):
        yield DYNAMIC, str(raw.query)
