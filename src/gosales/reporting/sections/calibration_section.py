"""Card section: which calibrator, on what grounds, and how it turned out."""

from __future__ import annotations

from gosales.evaluation.panel_samples import MODEL
from gosales.reporting.card_facts import CardFacts
from gosales.reporting.markdown_table import code_text, markdown_table, plain_text
from gosales.reporting.number_text import interval_text
from gosales.reporting.population_label import population_label, split_label


def calibration_section(facts: CardFacts) -> str:
    """The choice with its losses, and calibration on rows the calibrator never saw."""
    choice = facts.calibration
    parts = [
        "## Calibration",
        f"Chosen: {code_text(choice.name)}. {_reason(choice.name, choice.reason)}.",
    ]
    if choice.losses:
        ordered = sorted(choice.losses.items(), key=lambda item: item[1])
        rows = [[code_text(name), f"{loss:.5f}"] for name, loss in ordered]
        parts.append(
            "Cross-fitted log loss on inner out-of-fold rows of the training panel, by "
            f"{choice.n_pos_accounts:,} positive accounts (point values that decide the choice, "
            "no interval; `none` is the raw probability):"
        )
        parts.append(markdown_table(["Calibrator", "Log loss>"], rows))
    return "\n\n".join([*parts, _outcome(facts), *_consistency(facts)])


def _reason(name: str, reason: str) -> str:
    rest = reason.removeprefix(f"{name}: ")
    return plain_text(f"{rest[:1].upper()}{rest[1:]}")


def _outcome(facts: CardFacts) -> str:
    split = facts.best_split
    found = facts.cell(split, "all", MODEL, "cal_mae")
    where = f"{population_label('all')}, {split_label(split, facts.subject.cutoff)}"
    if found is None:
        return f"Calibration error was not measured ({where})."
    text = interval_text("cal_mae", found.value, found.lo, found.hi, found.note)
    return (
        f"Mean distance between promised and realised rate over ten bins of equal mass: "
        f"{text} ({where}). A perfectly calibrated model shows about 0.02 at 500 rows."
    )


def _consistency(facts: CardFacts) -> list[str]:
    """Whether the forward outcomes could come from the promises: one line, or none to say."""
    p, where = facts.consistency_p, split_label("forward", plain_text(facts.subject.cutoff))
    if p is None:
        return []
    doubt = 1.0 - facts.level
    said = (
        f"at or below {doubt:.2f}: the outcomes do not fit the promised rates"
        if p <= doubt
        else f"above {doubt:.2f}: the outcomes fit the promised rates, or are too few to tell"
    )
    return [
        f"Consistency: of perfectly calibrated forecasts with these promises, a share of {p:.3f} "
        f"looks at least so far off (p-value, by its nature without interval; "
        f"{population_label('all')}, {where}), {said}."
    ]
