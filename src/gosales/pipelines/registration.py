"""A trained candidate becomes a bundle, and a registered version: meta data and digests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gosales.evaluation.recipe_digest import recipe_digest
from gosales.labels.known_skus import known_skus
from gosales.labels.membership import membership
from gosales.models.bundle import write_bundle
from gosales.models.is_model_backed import is_model_backed
from gosales.pipelines.assembly import Assembly, config_digest
from gosales.pipelines.card_inputs import waiver_tags
from gosales.pipelines.safe_record import safe_tags
from gosales.pipelines.training import Prepared, Trained
from gosales.pipelines.window_record import window_tags
from gosales.registry.gates import MODEL_BACKED
from gosales.tracking.mlflow_tracker import MlflowTracker
from gosales.tracking.model_name import CHALLENGER, registered_name
from gosales.tracking.model_registry import MlflowModelRegistry
from gosales.tracking.tracker import RunHandle


def training_digests(parts: Assembly, prepared: Prepared) -> dict[str, str]:
    """Digests of data, features, recipe, configuration and panels, by kind.

    Notes
    -----
    Features and recipe hold the label window in force, so a widened one is another recipe.
    """
    builder = prepared.candidate.builder
    names = ("families", "specs", "safe", "population", "label", "incumbency")
    return {
        "data": prepared.star.digest,
        "features": recipe_digest({name: getattr(builder, name) for name in names}),
        "recipe": prepared.candidate.recipe_digest,
        "config": config_digest(parts.cfg),
        "training": prepared.training.digest,
        "forward": prepared.forward.digest,
    }


def keep_bundle(parts: Assembly, trained: Trained, path: Path) -> None:
    """Write the model with its meta data to a directory."""
    prepared = trained.prepared
    target, label = prepared.candidate.target, prepared.window.label
    member = membership([target], known_skus(prepared.star, parts.engine))
    meta: dict[str, Any] = {
        "target": target.key,
        "name": target.name,
        "membership": member[["division_key", "sku_key"]].to_numpy().tolist(),
        "cutoff": str(prepared.cutoff),
        "training_cutoffs": [str(c) for c in prepared.training.cutoffs],
        "horizon": {"months": label.horizon_months, "buffer_days": label.buffer_days},
        "declared_horizon_months": label.declared_months,
        "measure": target.measured_by(prepared.star.manifest.label_measure),
        "digests": training_digests(parts, prepared),
    }
    write_bundle(trained.nested.model, path, meta)


def register(
    parts: Assembly, trained: Trained, handle: RunHandle, tracker: MlflowTracker, card: str
) -> str:
    """Log and register the model, name it challenger, and return its version."""
    prepared = trained.prepared
    target = prepared.candidate.target
    with parts.space.scratch("bundle") as scratch:
        keep_bundle(parts, trained, scratch / "bundle")
        version = handle.register_bundle(
            scratch / "bundle",
            registered_name(target.key),
            prepared.training.X.head(5),
            card,
            {
                MODEL_BACKED: str(is_model_backed(trained.nested.model)).lower(),
                "cutoff": str(prepared.cutoff),
                "data.digest": prepared.star.digest,
                "recipe.digest": prepared.candidate.recipe_digest,
                "gauntlet.status": "NOT_AUDITED",
                **window_tags(prepared.window),
                **safe_tags(prepared.safe),
                **waiver_tags(prepared),
            },
        )
    handle.set_tags({"version": version})
    MlflowModelRegistry(tracker).set_alias(registered_name(target.key), CHALLENGER, version)
    return version
