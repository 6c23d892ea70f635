"""Report: what the code of a candidate's parts says it may look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from gosales.gauntlet.code_suspicions import code_suspicions
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.part_sources import part_sources
from gosales.gauntlet.query_suspicions import query_suspicions


class SourceScan:
    """Reads the source of every part, and the queries of every family, for what no part needs.

    Wall-clock reads, dates and years written into code, reads of files and of the network, code
    made at run time, chance without a seed, and ways to the star around the as-of view. A query
    is read as an expression and as the SQL it is compiled to, so that a date a helper or a
    configuration put there shows, and a function of the backend too.

    Parameters
    ----------
    max_examples : int, default 40
        Places listed; all are counted.

    Notes
    -----
    It reads, it does not run: `future_invariance` proves what a build depends on, and this says
    where to look. A suspicion may be innocent, so it warns and never fails. Scanned are the
    modules that define the candidate's parts (families, transforms, estimator, calibrators,
    splitter; objects, classes and functions) and, for parts from outside, the modules of their
    package that are loaded and whatever these import that no distribution installed; the
    package's own modules only where they define a family.
    """

    name = "source_scan"
    subject = Subject.LEAK
    is_proof = False

    def __init__(self, max_examples: int = 40) -> None:
        self.max_examples = max_examples

    def run(self, context: GauntletContext) -> Finding:
        """WARN with the places; PASS when there are none."""
        sources, hidden = part_sources(context.candidate)
        found = list(_found(sources))
        queries, asked = query_suspicions(context)
        found += queries
        values: dict[str, Any] = {
            "files": len(sources),
            "queries": asked,
            "parts_without_source": hidden,
            "suspicions": len(found),
        }
        text = f"{len(sources)} files and {asked} queries read"
        if hidden:
            text += f"; no source of {', '.join(hidden)}"
        if found:
            first = found[0]
            text += f"; {len(found)} suspicions, first {first['what']} ({first['text']}) in "
            text += f"{first['where']}"
        outcome = Outcome.WARN if found or hidden else Outcome.PASS
        figure = _figure(found, values)
        return finding_of(self, outcome, text, values, found[: self.max_examples], figure)


def _figure(found: list[dict[str, Any]], values: dict[str, Any]) -> dict[str, Any]:
    read = {"files": values["files"], "queries": values["queries"]}
    kinds = Counter(str(f["what"]) for f in found)
    rows: list[list[Any]] = [[f"{what} read", [count, None]] for what, count in read.items()]
    rows.append(["parts without source", [len(values["parts_without_source"]), None]])
    rows += [[what, [None, count]] for what, count in kinds.most_common()]
    return {
        "kind": "counts",
        "title": "What the code of the candidate's parts may look at",
        "population": "modules and compiled queries of the candidate's parts",
        "split": "no data are read",
        "n": [[what, count] for what, count in read.items()],
        "no_interval": "text is read, none is estimated",
        "head": ["looked at", "suspicions"],
        "rows": rows if found else [*rows, ["suspicions", [None, 0]]],
        "offences": True,
    }


def _found(sources: dict[str, str]) -> Iterator[dict[str, Any]]:
    for module, text in sources.items():
        for suspicion in code_suspicions(text):
            yield {
                "what": suspicion.what,
                "text": suspicion.text,
                "where": f"{module}, line {suspicion.line}",
            }
