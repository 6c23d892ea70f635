"""Card section: the metric table with intervals, model beside naive rank."""

from __future__ import annotations

import pandas as pd

from gosales.evaluation.interval import Interval
from gosales.evaluation.panel_samples import MODEL, NAIVE, POPULATIONS
from gosales.reporting.card_facts import CardFacts
from gosales.reporting.markdown_table import markdown_table, plain_text
from gosales.reporting.metric_label import better_when, metric_label
from gosales.reporting.number_text import MISSING, interval_text, number_text
from gosales.reporting.population_label import population_label, split_label
from gosales.reporting.reading import reading
from gosales.reporting.split_metrics import SPLITS

_SHOWN = (
    "auc",
    "ap",
    "brier",
    "brier_excess",
    "log_loss",
    "lift_at_10pct",
    "capture_at_10pct",
    "precision_at_10pct",
    "rev_capture_at_10pct",
    "realised_gp_at_10pct",
    "cal_mae",
    "cal_slope",
)
# An error that cannot fall below zero grows when rows are drawn again: said, not hidden.
_OUTSIDE = (
    "the value lies outside its interval because resampling adds noise of its own to a distance; "
    "read the upper bound as a ceiling"
)


def metric_section(facts: CardFacts) -> str:
    """Forward months first, then cross-validation, then the gap between them."""
    parts = [
        "## How well it ranks",
        f"Intervals are {100 * facts.level:.0f} % bootstrap intervals that resample accounts. "
        "Every number is of rows the model never saw.",
    ]
    for split in SPLITS:
        table = facts.metrics[facts.metrics["split"] == split]
        if len(table):
            parts.append(_split(facts, split, table))
        elif split == "forward":
            parts.append(
                "**Forward months: unlabelled.** The log does not complete the label window of "
                f"{plain_text(facts.subject.cutoff)}, so only cross-validation can be reported."
            )
    return "\n\n".join([*parts, _gap(facts)])


def _split(facts: CardFacts, split: str, table: pd.DataFrame) -> str:
    cutoff = facts.subject.cutoff
    sizes = "; ".join(
        f"{population_label(p)}: {_size(table[table['population'] == p])}" for p in POPULATIONS
    )
    said = "\n".join(f"- {_reading(facts, split, p)}" for p in ("all", "whitespace"))
    known = set(table["metric"])
    shown = [m for m in _SHOWN if m in known]
    notes: list[str] = []
    rows = [
        [
            metric_label(metric),
            better_when(metric),
            population_label(population),
            _cell(facts, (split, population, MODEL, metric), notes),
            _cell(facts, (split, population, NAIVE, metric), notes),
        ]
        for metric in shown
        for population in POPULATIONS
    ]
    columns = ["Metric", "Better", "Population", "Model>", "Naive rank>"]
    text = f"### {split_label(split, cutoff)[:1].upper()}{split_label(split, cutoff)[1:]}\n\n"
    text += f"Rows: {sizes}.\n\n{said}\n\n{markdown_table(columns, rows)}"
    told = [f"({i}) {plain_text(note)}" for i, note in enumerate(notes, start=1)]
    return "\n\n".join([text, "  \n".join(told)]) if told else text


def _size(rows: pd.DataFrame) -> str:
    if not len(rows):
        return "none"
    first = rows.iloc[0]
    return (
        f"{int(first['n']):,} with {int(first['n_pos']):,} positive "
        f"({int(first['n_pos_accounts']):,} accounts)"
    )


def _reading(facts: CardFacts, split: str, population: str) -> str:
    model = facts.cell(split, population, MODEL, "auc")
    naive = facts.cell(split, population, NAIVE, "auc")
    return reading(population_label(population), model, naive)


def _cell(facts: CardFacts, where: tuple[str, str, str, str], notes: list[str]) -> str:
    found = facts.cell(*where)
    metric = where[3]
    if found is None:
        return "not applicable"
    if found.has_bounds:
        text = interval_text(metric, found.value, found.lo, found.hi)
        return f"{text}{_mark(_OUTSIDE, notes)}" if _is_outside(found) else text
    # A reason is written once below the table, not once in each cell.
    text = number_text(metric, found.value)
    kind = "" if text == MISSING else ", no interval"
    return f"{text}{kind}{_mark(found.note or 'not measured', notes)}"


def _mark(note: str, notes: list[str]) -> str:
    if note not in notes:
        notes.append(note)
    return f" ({notes.index(note) + 1})"


def _is_outside(found: Interval) -> bool:
    return found.value is not None and (
        found.lies_above(found.value) or found.lies_below(found.value)
    )


def _gap(facts: CardFacts) -> str:
    head = "### Optimism gap\n\n"
    if facts.gap is None:
        return head + "Not measured: there are no forward labels to compare with."
    g = facts.gap
    text = interval_text("auc", g.value, g.lo, g.hi, g.note)
    said = "cannot be told from zero"
    if g.lies_above(0.0):
        said = "is above zero: cross-validation promised too much"
    elif g.lies_below(0.0):
        said = (
            "is below zero: the forward months went better than cross-validation promised, whose "
            "folds learn from fewer customers and cutoffs"
        )
    elif not g.has_bounds:
        said = "has no interval, so nothing follows from it"
    return (
        f"{head}AUC of cross-validation minus AUC of the forward months, all customers: "
        f"{text}. The gap {said}."
    )
