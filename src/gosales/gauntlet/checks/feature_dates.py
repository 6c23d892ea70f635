"""Proof: every column is registered and its recorded dates end where its window ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from gosales.core.columns import CUTOFF
from gosales.core.timeline import Cutoff
from gosales.features.panel import Panel
from gosales.features.spec import STATIC, FeatureSpec
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of

_RECORDED = "recorded"


class FeatureDates:
    """Audits where each column comes from, by recorded provenance and never by its name.

    A column must be declared by a registered family, have a spec, and carry at every cutoff a
    record of the newest date its window was served, on or before cutoff minus lag. A column
    without an origin (a join, a hand-made file, the label with noise) fails, whatever it holds.

    Parameters
    ----------
    max_examples : int, default 20
        Offenders listed in the finding; all are counted.
    """

    name = "feature_dates"
    subject = Subject.LEAK
    is_proof = True

    def __init__(self, max_examples: int = 20) -> None:
        self.max_examples = max_examples

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when a column is unregistered, unrecorded, or dated after its window."""
        panels = [p for p in (context.training, context.forward) if len(p)]
        if len(panels) < 2 or not context.training.X.columns.size:
            return finding_of(self, Outcome.INCONCLUSIVE, "a panel has no rows or columns", {})
        registered = context.candidate.registered_columns
        found = [f for panel in panels for f in _offenders(panel, registered)]
        values = {
            "columns": len(context.training.X.columns),
            "records": sum(len(p.provenance) for p in panels),
            "offenders": len(found),
        }
        figure = _figure(panels, found)
        if found:
            reason = f"{len(found)} offences; first: {found[0]['column']}: {found[0]['why']}"
            return finding_of(
                self, Outcome.FAIL, reason, values, found[: self.max_examples], figure
            )
        reason = f"all {values['columns']} columns are registered and end with their windows"
        return finding_of(self, Outcome.PASS, reason, values, figure=figure)


def _figure(panels: list[Panel], found: list[dict[str, Any]]) -> dict[str, Any]:
    families = {s.name: s.family for panel in panels for s in panel.specs}
    columns = sorted({str(c) for panel in panels for c in panel.X.columns})
    records = Counter(str(c) for panel in panels for c in panel.provenance["feature"])
    faults = Counter(str(f["column"]) for f in found)
    rows: dict[str, list[int]] = {}
    for name in columns:
        row = rows.setdefault(families.get(name, "(no family)"), [0, 0, 0])
        row[:] = [row[0] + 1, row[1] + records[name], row[2] + faults[name]]
    return {
        "kind": "counts",
        "title": "Where each column comes from, by family",
        **figure_source(
            "training and forward rows", dict(zip(("training", "forward"), panels, strict=True))
        ),
        "no_interval": "every record was read, none is estimated",
        "head": ["columns", "records of dates", "offences"],
        "rows": [[family, counts] for family, counts in rows.items()],
        "offences": True,
    }


def _offenders(panel: Panel, registered: frozenset[str]) -> Iterator[dict[str, Any]]:
    specs = {spec.name: spec for spec in panel.specs}
    records = _records(panel.provenance)
    for column in map(str, panel.X.columns):
        spec = specs.get(column)
        if column not in registered:
            yield _offence(column, "no registered family declares it")
        elif spec is None:
            yield _offence(column, "it has no spec")
        else:
            for cutoff in panel.cutoffs:
                why = _fault(panel, spec, cutoff, records.get((column, str(cutoff)), []))
                if why:
                    yield _offence(column, why, cutoff)


def _offence(column: str, why: str, cutoff: Cutoff | None = None) -> dict[str, Any]:
    return {"column": column, "why": why, "cutoff": "" if cutoff is None else str(cutoff)}


def _records(provenance: pd.DataFrame) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(column, cutoff) to its records (newest date or empty, source)."""
    out: dict[tuple[str, str], list[tuple[str, str]]] = {}
    newest = provenance["newest_date"].astype("string").fillna("")
    for feature, cutoff, date, source in zip(
        provenance["feature"].astype(str),
        provenance[CUTOFF].astype(str),
        newest,
        provenance["source"].astype("string").fillna(""),
        strict=True,
    ):
        out.setdefault((feature, cutoff), []).append((str(date)[:10], str(source)))
    return out


def _fault(panel: Panel, spec: FeatureSpec, cutoff: Cutoff, records: list[tuple[str, str]]) -> str:
    if not records:
        return "no provenance was recorded"
    if spec.lookback is None:
        odd = [(date, source) for date, source in records if date or source != STATIC]
        return f"declared static but recorded as {odd[0]}" if odd else ""
    end = Cutoff(spec.lookback.window(cutoff).end)
    for date, source in records:
        if source != _RECORDED:
            return f"its provenance is {source or 'unknown'}, not recorded"
        if date and Cutoff.parse(date).days_until(end) < 0:
            return f"newest date used {date}, window ends {end}"
    # A window over several tables has a record of each; one of them may be empty.
    if not any(date for date, _ in records) and _varies(panel, spec.name, cutoff):
        return "it has values although its window served no rows"
    return ""


def _varies(panel: Panel, column: str, cutoff: Cutoff) -> bool:
    here = panel.rows[CUTOFF].astype(str).to_numpy() == str(cutoff)
    return int(panel.X.loc[here, column].nunique(dropna=False)) > 1
