"""What one check says, and about what."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self


class Outcome(StrEnum):
    """Outcome of a check; only PASS, WARN and a declared NOT_APPLICABLE leave the gate open."""

    PASS = "PASS"
    WARN = "WARN"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    ERROR = "ERROR"


class Subject(StrEnum):
    """What a finding is about: a leak, or the quality of an honest model."""

    LEAK = "leak"
    QUALITY = "quality"


@dataclass(frozen=True)
class Finding:
    """Result of one check.

    Parameters
    ----------
    name : str
        The check's name.
    subject : Subject
        Leak or quality.
    outcome : Outcome
        What was found.
    reason : str
        One sentence in plain language, with the numbers that decided.
    values : dict
        Measured values (finite numbers, texts, lists).
    limits : dict
        The limits they were held against.
    detail : list of dict
        Offending rows, columns or draws, the worst first.
    seconds : float
        Wall time.
    is_proof : bool
        Whether the check is a proof (no false alarms by construction).
    figure : dict, optional
        Data for reporting to draw: ``kind``, ``title``, ``population``, ``split``, ``n`` (pairs of
        what was counted and how often, of exactly what is drawn), ``interval`` in words or
        ``no_interval``, why there is none, and the series of the kind. Without it the plain
        numbers of ``values`` are shown.
    """

    name: str
    subject: Subject
    outcome: Outcome
    reason: str
    values: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    detail: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    is_proof: bool = False
    figure: dict[str, Any] | None = None

    @classmethod
    def from_plain(cls, state: dict[str, Any]) -> Self:
        """Read back what ``dataclasses.asdict`` gave, from JSON.

        Raises
        ------
        TypeError, ValueError, KeyError
            If it is not a finding.
        """
        kinds = {"outcome": Outcome(state["outcome"]), "subject": Subject(state["subject"])}
        return cls(**{**state, **kinds})
