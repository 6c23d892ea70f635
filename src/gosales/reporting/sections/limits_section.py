"""Card section: what must not be concluded from this model."""

from __future__ import annotations

from gosales.evaluation.panel_samples import MODEL
from gosales.reporting.card_facts import CardFacts
from gosales.reporting.markdown_table import plain_text
from gosales.reporting.population_label import population_label

_ALWAYS = (
    "It says who is likely to buy, not whom a call would change: it is a propensity, not an "
    "effect.",
    "Customers outside the population above get no probability from it.",
    "Every look at the forward months wears them out a little; do not choose settings by them.",
    "What the log does not hold (lost quotes, competitors, a new price list) it cannot know.",
)


def limits_section(facts: CardFacts) -> str:
    """Limits of every model here, then those of this one."""
    lines = [*_own(facts), *facts.notes, *_ALWAYS]
    return "## Limits\n\n" + "\n".join(f"- {plain_text(line)}" for line in lines)


def _own(facts: CardFacts) -> list[str]:
    found = []
    if not facts.has_forward:
        found.append("No forward outcome exists yet: its forward performance is unknown.")
    for population in ("all", "owners", "whitespace"):
        cell = facts.cell(facts.best_split, population, MODEL, "auc")
        if cell is not None and not cell.has_bounds:
            found.append(f"For {population_label(population)}: {cell.note or 'no interval'}.")
    if facts.plan.scheme != "purged_grouped":
        found.append(
            f"Cross-validation is {facts.plan.scheme}, not purged: it may look too good, because "
            "training labels can overlap validation time."
        )
    if facts.calibration.name == "none":
        found.append("Probabilities are not calibrated: use the order, not the value.")
    return found
