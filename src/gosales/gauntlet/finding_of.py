"""How a check words its finding: its own name, subject and limits are filled in."""

from __future__ import annotations

from typing import Any

from gosales.gauntlet.check import Check
from gosales.gauntlet.finding import Finding, Outcome
from gosales.gauntlet.limits import limits_of


def finding_of(
    check: Check,
    outcome: Outcome,
    reason: str,
    values: dict[str, Any],
    detail: list[dict[str, Any]] | None = None,
    figure: dict[str, Any] | None = None,
) -> Finding:
    """Build the finding of one check.

    Parameters
    ----------
    check : Check
        Gives name, subject, limits and whether it is a proof.
    outcome : Outcome
        What was found.
    reason : str
        One sentence with the numbers that decided.
    values : dict
        What was measured; never empty for PASS or WARN.
    detail : list of dict, optional
        Offenders, the worst first.
    figure : dict, optional
        Data to draw.
    """
    return Finding(
        name=check.name,
        subject=check.subject,
        outcome=outcome,
        reason=reason,
        values=values,
        limits=limits_of(check),
        detail=detail or [],
        is_proof=check.is_proof,
        figure=figure,
    )
