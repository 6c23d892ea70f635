"""A trained candidate with everything an audit needs, rebuilt from its own configuration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from omegaconf import DictConfig, OmegaConf

from gosales.core.errors import IntegrityError
from gosales.core.progress import Progress, SilentProgress
from gosales.data.star import Star
from gosales.data.star_integrity import require_unchanged
from gosales.evaluation.fold import FoldPlan
from gosales.models.fitted_model import FittedModel
from gosales.pipelines.assembly import Assembly
from gosales.pipelines.audit_subject import AuditSubject
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.training import Prepared, prepare
from gosales.pipelines.workspace import Workspace
from gosales.registry.promotion import PromotionDesk
from gosales.tracking.manifest import CONFIG

# Where and how this audit runs is the caller's to say; what was trained is the run's.
_CALLERS = ("gauntlet", "promotion", "whitespace", "tracking", "paths", "engine", "n_jobs", "force")


@dataclass(frozen=True)
class AuditInputs:
    """What is audited, rebuilt.

    Parameters
    ----------
    subject : AuditSubject
        As it was found.
    prepared : Prepared
        Candidate and panels, from the configuration it was trained under.
    plan : FoldPlan
        The folds that were reported.
    model : FittedModel
        Read from the bundle that was kept.
    oof : numpy.ndarray, shape (len(prepared.training),)
        Out-of-fold predictions as the training run reported them; NaN where none.
    cfg : DictConfig
        The configuration it was trained under, with the caller's surroundings.
    """

    subject: AuditSubject
    prepared: Prepared
    plan: FoldPlan
    model: FittedModel
    oof: np.ndarray
    cfg: DictConfig


def own_config(desk: PromotionDesk, run_id: str, cfg: DictConfig, at: Path) -> DictConfig:
    """The configuration of a training run, with the caller's surroundings."""
    path = desk.models.download(run_id, CONFIG, at)
    trained = OmegaConf.load(path)
    if not isinstance(trained, DictConfig):
        raise IntegrityError("the configuration of a run is not a mapping", got=str(path))
    for key in _CALLERS:
        OmegaConf.update(trained, key, OmegaConf.create({key: cfg[key]})[key], force_add=True)
    return trained


def rebuild(
    desk: PromotionDesk,
    subject: AuditSubject,
    cfg: DictConfig,
    space: Workspace,
    progress: Progress,
    star: Star | None = None,
) -> AuditInputs:
    """Rebuild candidate and panels and hold them against what the training run recorded.

    Parameters
    ----------
    desk : PromotionDesk
        Tracker and registry.
    subject : AuditSubject
        Which.
    cfg : DictConfig
        The caller's configuration.
    space : Workspace
        Caches and scratch space.
    progress : Progress
        Listener.
    star : Star, optional
        The data, when it is at hand; else the source it was trained on is ingested.

    Raises
    ------
    IntegrityError
        If data, recipe or panels are not those it was trained on, or the star's files
        are not those that were ingested.
    """
    with space.scratch("audit") as scratch:
        own = own_config(desk, subject.run_id, cfg, scratch)
        model = subject.model(desk, scratch)
    data = star or ingest_star(own, space, progress).star
    require_unchanged(data)
    # The candidate crosses process borders and is rebuilt dozens of times: it says nothing.
    prepared = prepare(Assembly.of(own, data, space), SilentProgress(), for_audit=True)
    _compare(desk, subject, prepared)
    plan = prepared.candidate.plan(prepared.training)
    with space.scratch("reported") as scratch:
        oof = _reported(desk, subject.run_id, prepared, scratch)
    return AuditInputs(subject, prepared, plan, model, oof, own)


def _reported(desk: PromotionDesk, run_id: str, prepared: Prepared, at: Path) -> np.ndarray:
    keys = ["customer_id", "cutoff"]
    said = pd.read_parquet(desk.models.download(run_id, "cv_predictions.parquet", at))
    rows = prepared.training.rows[keys].merge(
        said[[*keys, "probability"]], on=keys, how="left", validate="one_to_one"
    )
    return rows["probability"].to_numpy(dtype="float64")


def _compare(desk: PromotionDesk, subject: AuditSubject, prepared: Prepared) -> None:
    recorded = desk.models.tracker.run_data(subject.run_id).data.tags  # type: ignore[attr-defined]
    found = {
        "data": prepared.star.digest,
        "recipe": prepared.candidate.recipe_digest,
        "training": prepared.training.digest,
    }
    wrong = [k for k, v in found.items() if recorded.get(f"{k}.digest") != v]
    if replace(prepared.candidate).recipe_digest != prepared.candidate.recipe_digest:
        wrong.append("recipe, because a part changed its own parameters: another")
    if wrong:
        raise IntegrityError(
            f"{subject.title} cannot be rebuilt as it was trained",
            got=f"another {', '.join(wrong)} digest than its run recorded",
            allowed="the same data, configuration and code",
            remedy="train again, and audit the new version",
            reason_code="not_rebuildable",
        )
