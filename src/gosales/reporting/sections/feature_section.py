"""Card section: the columns that matter most to the model."""

from __future__ import annotations

import pandas as pd

from gosales.reporting.card_facts import CardFacts
from gosales.reporting.markdown_table import code_text, markdown_table, plain_text

_TOP = 12


def feature_section(facts: CardFacts) -> str:
    """Top columns by share of importance, with their meaning and newest date."""
    known = facts.catalog.set_index("name")
    shares = sorted(facts.importance.items(), key=lambda item: (-item[1], item[0]))
    rows = []
    for column, share in [s for s in shares if s[1] > 0.0][:_TOP]:
        about = _spec_of(column, known)
        rows.append(
            [
                code_text(column),
                f"{100.0 * share:.1f} %",
                plain_text(about["description"]) if about is not None else "unknown",
                plain_text(_date(about)),
            ]
        )
    n = int(facts.panel.loc[facts.panel["role"] == "training", "rows"].sum())
    return (
        "## What it looks at\n\n"
        f"Share of importance in the model that ships ({code_text(facts.subject.estimator)}, "
        f"fitted on all {n:,} training rows; in-sample, without interval: a description of the "
        "model, not of customers). Correlated columns share importance.\n\n"
        + markdown_table(["Column", "Share>", "Meaning", "Newest date used"], rows)
    )


def _spec_of(column: str, known: pd.DataFrame) -> pd.Series | None:
    # A transform may append to a name (a flag, a category): the longest declared prefix is meant.
    names = [name for name in known.index if column.startswith(str(name))]
    return known.loc[max(names, key=len)] if names else None


def _date(about: pd.Series | None) -> str:
    if about is None or pd.isna(about["newest_event_date"]):
        return "static" if about is not None and about["window"] == "static" else "none"
    return str(about["newest_event_date"])
