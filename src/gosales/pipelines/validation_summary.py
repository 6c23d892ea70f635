"""What a validation tells at its end, on the terminal and as the run's note."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from gosales.evaluation.interval import Interval
from gosales.pipelines.summary import Summary
from gosales.pipelines.validation import Validation
from gosales.reporting.markdown_table import markdown_table, plain_text
from gosales.reporting.number_text import interval_text
from gosales.reporting.scenario_rows import SCENARIO_COLUMNS, scenario_rows
from gosales.tracking.forward_looks import ForwardLooks

_COLUMNS = ("metric", "population", "now [95 %]", "naive rank", "when trained")
_LINES = (
    ("AUC", "auc", "all"),
    ("AUC", "auc", "whitespace"),
    ("lift at 10 %", "lift_at_10pct", "all"),
    ("Brier", "brier", "all"),
    ("Brier minus the constant's", "brier_excess", "all"),
    ("calibration MAE", "cal_mae", "all"),
)
_PREFIX = {"all": "", "whitespace": "ws_"}
_ALERTS = 3


def validation_summary(
    found: Validation,
    trained: Mapping[str, float],
    looks: ForwardLooks,
    widths: pd.DataFrame,
    target: str,
) -> Summary:
    """Metrics now and when trained, then everything a reader must know.

    Parameters
    ----------
    found : Validation
        What was measured.
    trained : mapping of str to float
        Metrics of the version's training run.
    looks : ForwardLooks
        Of this division, this run included.
    widths : pandas.DataFrame
        Against the run before.
    target : str
        Key of the target.
    """
    when, model = found.inputs.cutoffs, found.inputs.model
    failed = found.guard_status == "fail"
    # Single features drift with the seasons; what ages a model shows in its scores or its money.
    judged = found.drift[found.drift["kind"] != "feature"]
    stale = bool(len(found.paradoxes)) or "alert" in set(judged["status"])
    return Summary(
        title=f"{target} version {model.version}, frozen on {when.learned_until}, judged at "
        f"{when.judged}",
        columns=_COLUMNS if found.table is not None else (),
        rows=tuple(_row(found, trained, *line) for line in _LINES if found.table is not None)
        + _looked(found, looks),
        notes=(*_guards(found), *_grid(found), *_horizon(found), *_drift(found),
               *_widths(widths), *_said(found, looks)),
        next_command="gosales ui"
        if failed
        else f"gosales {'train' if stale else 'rank'} division={target}",
        closed="; ".join(found.guards.values()) if failed else "",
    )  # fmt: skip


def validation_note(found: Validation, summary: Summary) -> str:
    """The summary as a page, with the scenario grid in full."""
    parts = [f"**{plain_text(summary.title)}**"]
    if summary.rows:
        parts.append(markdown_table(list(summary.columns), [list(r) for r in summary.rows]))
    parts.append("\n".join(f"- {plain_text(note)}" for note in summary.notes))
    for population in dict.fromkeys(found.scenarios.get("population", [])):
        rows = [list(r) for r in scenario_rows(found.scenarios, str(population))]
        parts.append(f"### Scenarios: {population}, best first")
        parts.append(markdown_table(list(SCENARIO_COLUMNS), rows))
    return "\n\n".join(parts) + "\n"


def _row(
    found: Validation, trained: Mapping[str, float], label: str, metric: str, population: str
) -> tuple[str, ...]:
    assert found.table is not None
    now = found.table.get(metric, population)
    frame = found.table.frame
    has_naive = ((frame["metric"] == metric) & (frame["ranker"] == "naive")).any()
    naive = found.table.get(metric, population, "naive").value if has_naive else None
    before = trained.get(f"forward_{_PREFIX[population]}{metric}")
    return (
        label,
        population,
        _brief(metric, now),
        "–" if naive is None else f"{naive:.3f}",
        "–" if before is None else interval_text(metric, before, None, None).partition(" (")[0],
    )


def _looked(found: Validation, looks: ForwardLooks) -> tuple[tuple[str, ...], ...]:
    if found.table is None:
        return ()
    n = looks.count(str(found.inputs.cutoffs.judged))
    return (("looks at this outcome", "all", str(n), "–", "–"),)


def _brief(metric: str, found: Interval) -> str:
    """The reason why there is no interval in one word; `metrics.csv` has it in full."""
    note = found.note.partition(":")[0]
    return interval_text(metric, found.value, found.lo, found.hi, note).replace("no interval: ", "")


def _guards(found: Validation) -> Iterator[str]:
    for name, said in found.guards.items():
        yield f"guard {name}: {said}"
    if found.inputs.cutoffs.censored:
        yield "without a complete window only drift and the earlier months are measured"


def _grid(found: Validation) -> Iterator[str]:
    for population in dict.fromkeys(found.scenarios.get("population", [])):
        rows = scenario_rows(found.scenarios, str(population))
        if rows:
            name, size, expected, realised, *_ = rows[0]
            by = found.scenarios.loc[found.scenarios["population"] == population, "ranked_by"]
            yield (
                f"best scenario of {population} by {by.iloc[0]}: {name} ({size} accounts), "
                f"expected GP {expected}, realised {realised}"
            )
    left_out = found.scenarios[found.scenarios["size"].isna()] if len(found.scenarios) else None
    if left_out is not None and len(left_out):
        yield f"scenarios left out: {', '.join(dict.fromkeys(left_out['note']))}"


def _horizon(found: Validation) -> Iterator[str]:
    if found.months is None:
        yield "no month after training is complete"
        return
    auc = found.months.months[found.months.months["metric"] == "auc"]
    first, last = auc.iloc[0], auc.iloc[-1]
    yield (
        f"months {first['cutoff']} to {last['cutoff']} ({len(auc)}): AUC {_of(first)} to "
        f"{_of(last)}"
    )
    for pair in found.paradoxes.to_dict("records"):
        yield (
            f"paradoxical gain: {pair['metric']} of {pair['later']} beats that of "
            f"{pair['earlier']} by {pair['gain']:.3f} [{pair['lo']:.3f}, {pair['hi']:.3f}]"
        )


def _of(row: pd.Series) -> str:
    value, lo, hi = (float(row[c]) if pd.notna(row[c]) else None for c in ("value", "lo", "hi"))
    return _brief("auc", Interval(value, lo, hi, str(row["note"])))


def _drift(found: Validation) -> Iterator[str]:
    table = found.drift
    counts = table["status"].value_counts()
    alerts = table[(table["status"] == "alert") & table["psi"].notna()]
    shown = alerts.head(_ALERTS).to_dict("records")
    named = ", ".join(f"{row['name']} {row['psi']:.2f}" for row in shown)
    named += ", ..." if len(alerts) > _ALERTS else ""
    yield (
        f"drift: {counts.get('alert', 0)} alerts, {counts.get('watch', 0)} to watch of "
        f"{len(table)}{f'; PSI of {named}' if named else ''}"
    )
    if not found.inputs.same_training:
        yield "the training rows, rebuilt on this log, are not those the version learned from"


def _widths(widths: pd.DataFrame) -> Iterator[str]:
    auc = widths[widths["metric"] == "forward_auc"]
    for row in auc.to_dict("records"):
        yield (
            f"AUC interval {row['width']:.3f} wide, {row['prior_width']:.3f} in the run before "
            f"(buyers {row['buyers']:.0f} and {row['prior_buyers']:.0f})"
        )


def _said(found: Validation, looks: ForwardLooks) -> Iterator[str]:
    if found.absent:
        yield f"no segments by {', '.join(found.absent)}: the log has no such static attribute"
    judged = str(found.inputs.cutoffs.judged)
    if found.table is not None:
        yield f"{judged}: {looks.sentence(judged)}, this one included"
