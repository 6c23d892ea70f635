"""The model info sheet: the short facts of one candidate as plain values."""

from __future__ import annotations

from typing import Any

from gosales.evaluation.interval import Interval
from gosales.evaluation.panel_samples import MODEL, NAIVE, POPULATIONS
from gosales.reporting.card_facts import CardFacts
from gosales.reporting.markdown_table import code_text, markdown_table, plain_text
from gosales.reporting.metric_label import metric_label
from gosales.reporting.number_text import interval_text
from gosales.reporting.population_label import population_label, split_label

_SHOWN = ("auc", "lift_at_10pct", "capture_at_10pct", "cal_mae")


def info_sheet(facts: CardFacts) -> dict[str, Any]:
    """Facts for machines.

    Returns
    -------
    dict
        Plain JSON values: identity, rows, calibration, gauntlet, and a list ``metrics`` of which
        each entry names its split, population and ranker and carries value, lo, hi and note.
    """
    s, report = facts.subject, facts.report
    training = facts.panel[facts.panel["role"] == "training"]
    return {
        "target": s.target,
        "name": s.name,
        "cutoff": s.cutoff,
        "outcome": s.outcome,
        "population": s.population,
        "safe_mode": s.safe_mode,
        "estimator": s.estimator,
        "calibration": facts.calibration.name,
        "cv_scheme": facts.plan.scheme,
        "warnings": list(facts.plan.warnings),
        "training_rows": int(training["rows"].sum()),
        "training_positives": int(training["positives"].sum()),
        "positive_accounts": facts.calibration.n_pos_accounts,
        "columns": int((facts.catalog["safe_decision"] == "keep").sum()),
        "forward": "labelled" if facts.has_forward else "unlabelled",
        "gauntlet_status": "not audited" if report is None else str(report.verdict.status),
        "consistency_p": facts.consistency_p,
        "permutation_p": None if report is None else report.permutation_p,
        "waivers": list(facts.waivers),
        "digests": dict(s.digests),
        "interval_level": facts.level,
        "metrics": _metrics(facts),
    }


def _metrics(facts: CardFacts) -> list[dict[str, Any]]:
    found = []
    for split in ("forward", "cv"):
        for population in POPULATIONS:
            for ranker in (MODEL, NAIVE):
                for metric in _SHOWN:
                    cell = facts.cell(split, population, ranker, metric)
                    if cell is not None:
                        where = {"split": split, "population": population, "ranker": ranker}
                        found.append({**where, "metric": metric, **_plain(cell)})
    return found


def _plain(cell: Interval) -> dict[str, Any]:
    return {"value": cell.value, "lo": cell.lo, "hi": cell.hi, "note": cell.note}


def info_sheet_markdown(sheet: dict[str, Any]) -> str:
    """The sheet for readers: facts, then the model's own metrics.

    Parameters
    ----------
    sheet : dict
        From `info_sheet`.
    """
    keys = (
        "name", "cutoff", "outcome", "population", "safe_mode", "estimator", "calibration",
        "cv_scheme", "training_rows", "positive_accounts", "columns", "forward",
        "gauntlet_status", "permutation_p", "consistency_p",
    )  # fmt: skip
    said = [[code_text(k), plain_text(_said(sheet[k]))] for k in keys]
    said.append([code_text("waivers"), plain_text("; ".join(sheet["waivers"]) or "none")])
    facts = markdown_table(["Fact", "Value"], said)
    rows = [
        [
            metric_label(m["metric"]),
            split_label(m["split"], sheet["cutoff"]),
            population_label(m["population"]),
            interval_text(m["metric"], m["value"], m["lo"], m["hi"], m["note"]),
        ]
        for m in sheet["metrics"]
        if m["ranker"] == MODEL
    ]
    table = markdown_table(["Metric", "Split", "Population", "Model>"], rows)
    return f"{facts}\n\n{table}\n"


def _said(value: object) -> str:
    return "not measured" if value is None else str(value)
