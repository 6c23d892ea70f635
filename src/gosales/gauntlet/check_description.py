"""What a check is, as far as its answer depends on it."""

from __future__ import annotations

from typing import Any

from gosales.gauntlet.check import Check
from gosales.gauntlet.limits import limits_of


def check_description(check: Check) -> dict[str, Any]:
    """Class, kind and limits of a check, as they enter digests.

    Raises
    ------
    ConfigError
        If the check hides a limit, or a limit is no plain finite value.
    """
    kind = type(check)
    return {
        "class": f"{kind.__module__}.{kind.__qualname__}",
        "is_proof": bool(check.is_proof),
        "subject": str(check.subject),
        "limits": limits_of(check),
    }
