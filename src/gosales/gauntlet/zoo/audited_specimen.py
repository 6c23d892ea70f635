"""A specimen trained as a candidate would be, and put before the checks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gosales.core.timeline import Cutoff
from gosales.data.engine import Engine
from gosales.evaluation.cross_validation import cross_validate
from gosales.gauntlet.audited_check import audited_check
from gosales.gauntlet.candidate_parcel import parcel_of
from gosales.gauntlet.check import Check
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding
from gosales.gauntlet.zoo.specimen import Specimen


def specimen_context(
    specimen: Specimen, cutoff: Cutoff, engine: Engine, workdir: Path, seed: int
) -> GauntletContext:
    """What a training run would hand to the gauntlet.

    Parameters
    ----------
    specimen : Specimen
        Candidate and log.
    cutoff : Cutoff
        The requested cutoff.
    engine : Engine
        For variants of the star.
    workdir : pathlib.Path
        Scratch space.
    seed : int
        Root seed of the audit.

    Raises
    ------
    DegenerateError
        If the world's labels cannot carry a model.
    """
    candidate, star = specimen.candidate, specimen.star
    parcel = parcel_of(candidate)
    train_at = candidate.training_cutoffs(star)
    panel = candidate.build(star, [*train_at, cutoff])
    training = panel.at(train_at).labelled()
    plan = candidate.plan(training)
    cv = cross_validate(candidate, training, plan)
    return GauntletContext(
        candidate=candidate,
        star=star,
        cutoff=cutoff,
        training=training,
        forward=panel.at([cutoff]),
        plan=plan,
        model=candidate.fit(training),
        engine=engine,
        workdir=workdir,
        seed=seed,
        parcel=parcel,
        oof=cv.oof,
    )


def audited(context: GauntletContext, checks: Mapping[str, Check]) -> dict[str, Finding]:
    """Every check's finding, in order; a crash is an ERROR finding."""
    return {name: audited_check(name, check, context) for name, check in checks.items()}
