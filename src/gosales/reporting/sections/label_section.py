"""Card section: what the labels were made of."""

from __future__ import annotations

from gosales.reporting.card_facts import CardFacts
from gosales.reporting.label_summary import (
    LABEL_COLUMNS,
    LABEL_LEGEND,
    label_remarks,
    label_summary,
)
from gosales.reporting.markdown_table import markdown_table, plain_text

_RIGHT = frozenset({"rows", "positive", "rate [95 %]", "returns"})


def label_section(facts: CardFacts) -> str:
    """Window, roster, positives, base rate and guard of each cutoff."""
    if facts.labels is None:
        return "## Labels\n\nNot audited."
    rows = [[plain_text(cell) for cell in line] for line in label_summary(facts.labels)]
    columns = [f"{c}{'>' if c in _RIGHT else ''}" for c in LABEL_COLUMNS]
    first = facts.labels.iloc[0]
    said = (
        f"Net {plain_text(first['measure'])} above {first['threshold']:g} within "
        f"{int(first['horizon_months'])} months (declared: {int(first['declared_months'])}).",
        *label_remarks(facts.labels),
        f"{LABEL_LEGEND[:1].upper()}{LABEL_LEGEND[1:]}. Every count: label_audit.csv.",
    )
    return "\n\n".join(["## Labels", markdown_table(columns, rows), " ".join(said)])
