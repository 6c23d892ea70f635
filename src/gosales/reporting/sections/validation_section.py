"""Card section: how folds were made, and what was weaker than asked for."""

from __future__ import annotations

from typing import Any

from gosales.reporting.card_facts import CardFacts
from gosales.reporting.markdown_table import code_text, markdown_table, plain_text

_SHOWN = ("n_folds", "purge_days", "seed", "inner_folds", "horizon_months", "buffer_days")


def validation_section(facts: CardFacts) -> str:
    """Scheme, settings and warnings of cross-validation."""
    plan = facts.plan
    rows = [["scheme", code_text(plan.scheme)], ["folds", str(len(plan.folds))]]
    rows += [[k, plain_text(_text(plan.manifest[k]))] for k in _SHOWN if k in plan.manifest]
    cutoffs = sorted({fold.name.split("/")[0] for fold in plan.folds})
    rows.append(["validation cutoffs", plain_text(", ".join(cutoffs) or "none")])
    text = "## How it was validated\n\n" + markdown_table(["Setting", "Value"], rows)
    if plan.warnings:
        text += "\n\n" + "\n".join(f"- **Warning:** {plain_text(w)}" for w in plan.warnings)
    return text + (
        "\n\nModels were chosen on cross-validation only; the forward months are reported and "
        "never chosen on." + _looks(facts)
    )


def _looks(facts: CardFacts) -> str:
    if not facts.looks:
        return ""
    return f" Forward months after {plain_text(facts.subject.cutoff)}: {plain_text(facts.looks)}."


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
