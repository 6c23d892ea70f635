"""Where leaks are planted: an honest candidate, its data and a place to write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gosales.core.timeline import Cutoff
from gosales.data.engine import Engine
from gosales.data.star import Star
from gosales.evaluation.standard_candidate import StandardCandidate


@dataclass(frozen=True)
class Habitat:
    """An honest candidate on an honest log.

    Parameters
    ----------
    candidate : StandardCandidate
        What a leak is planted into; it is never changed itself.
    star : Star
        The log.
    cutoff : Cutoff
        The requested cutoff: the forward test's.
    engine : Engine
        Where expressions run.
    workdir : pathlib.Path
        Altered logs are written there.
    seed : int
        Root of every draw a leak makes.
    """

    candidate: StandardCandidate
    star: Star
    cutoff: Cutoff
    engine: Engine
    workdir: Path
    seed: int
