"""The interface of a gauntlet check: the way to add one, also from outside the package."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Subject


@runtime_checkable
class Check(Protocol):
    """One audit of the candidate that would ship.

    Attributes
    ----------
    name : str
        Key in the report and in the registry's tags (``gauntlet.<name>``).
    subject : Subject
        Leak or quality.
    is_proof : bool
        A proof has no false alarms and is never NOT_APPLICABLE.
    """

    name: str
    subject: Subject
    is_proof: bool

    def run(self, context: GauntletContext) -> Finding:
        """Audit; an exception raised here becomes an ERROR finding, which closes the gate."""
