"""A candidate and the data it is audited on."""

from __future__ import annotations

from dataclasses import dataclass

from gosales.data.star import Star
from gosales.evaluation.candidate import Candidate


@dataclass(frozen=True)
class Specimen:
    """What a leak makes of a habitat.

    Parameters
    ----------
    candidate : Candidate
        Leaky, or its clean twin.
    star : Star
        The log as it was, or altered.
    """

    candidate: Candidate
    star: Star
