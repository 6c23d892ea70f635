"""What a run records about its label window: tags to search by, parameters to compare."""

from __future__ import annotations

from typing import Final

from gosales.evaluation.window_choice import WindowChoice

WINDOW_NOTE: Final = "label.window_note"


def window_facts(window: WindowChoice) -> dict[str, object]:
    """Window in force and declared, how it came about, and what each width brought."""
    label = window.label
    return {
        "horizon_months": label.horizon_months,
        "declared_months": label.declared_months,
        "buffer_days": label.buffer_days,
        "outcome": window.outcome,
        "positive_accounts": {f"{t.months}m": t.positive_accounts for t in window.tried},
    }


def window_tags(window: WindowChoice) -> dict[str, str]:
    """Tags of a training run and of the version it registers."""
    label = window.label
    tags = {
        "label.horizon_months": str(label.horizon_months),
        "label.declared_months": str(label.declared_months),
        "label.window": window.outcome,
    }
    return {**tags, WINDOW_NOTE: window.sentence} if window.sentence else tags
