"""The model card: one page of Markdown that a customer may read."""

from __future__ import annotations

from gosales.evaluation.panel_samples import MODEL, NAIVE
from gosales.reporting.card_facts import CardFacts
from gosales.reporting.markdown_table import plain_text
from gosales.reporting.population_label import population_label, split_label
from gosales.reporting.reading import reading
from gosales.reporting.sections.calibration_section import calibration_section
from gosales.reporting.sections.feature_section import feature_section
from gosales.reporting.sections.gauntlet_section import gauntlet_section
from gosales.reporting.sections.identity_section import identity_section
from gosales.reporting.sections.label_section import label_section
from gosales.reporting.sections.limits_section import limits_section
from gosales.reporting.sections.metric_section import metric_section
from gosales.reporting.sections.reproduce_section import reproduce_section
from gosales.reporting.sections.safe_section import safe_section
from gosales.reporting.sections.validation_section import validation_section

_SECTIONS = (
    identity_section,
    label_section,
    metric_section,
    validation_section,
    calibration_section,
    gauntlet_section,
    safe_section,
    feature_section,
    limits_section,
    reproduce_section,
)


def model_card(facts: CardFacts) -> str:
    """The card of one candidate.

    Parameters
    ----------
    facts : CardFacts
        Everything it says; nothing is measured here.

    Returns
    -------
    str
        Markdown. The same facts give the same text: there is no clock in it. Every measured
        number stands with its population, its split and its interval, or with the reason why it
        has none.
    """
    s = facts.subject
    title = f"# {plain_text(s.name)}, cutoff {plain_text(s.cutoff)}"
    return "\n\n".join([title, _summary(facts), *(section(facts) for section in _SECTIONS)]) + "\n"


def _summary(facts: CardFacts) -> str:
    split = facts.best_split
    cells = [facts.cell(split, "whitespace", ranker, "auc") for ranker in (MODEL, NAIVE)]
    said = reading(population_label("whitespace"), *cells)
    audit = "not audited" if facts.report is None else str(facts.report.verdict.status)
    lines = [
        f"**Gauntlet: {audit}.**",
        f"{said} Split: {split_label(split, plain_text(facts.subject.cutoff))}.",
    ]
    return "\n".join(f"> {line}  " for line in lines)
