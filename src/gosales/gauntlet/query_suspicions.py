"""Dates, years, foreign tables and raw SQL in the queries of a candidate's families."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gosales.evaluation.familied_candidate import FamiliedCandidate
from gosales.features.family_query import FamilyQuery
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.query_places import query_places


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
            places = query_places(table, context.engine.compiled(table).text)
            found += [
                {"what": what, "text": text[:80], "where": where} for what, text in sorted(places)
            ]
    return found, asked


def _queries(candidate: FamiliedCandidate, context: GauntletContext) -> Iterator[FamilyQuery]:
    view = candidate.family_view(context.star, [context.cutoff])
    yield from (FamilyQuery.of(family, view) for family in candidate.families)
