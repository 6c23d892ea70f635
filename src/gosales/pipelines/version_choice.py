"""Which version is meant: a number, the one of a training run, or the newest."""

from __future__ import annotations

from collections.abc import Mapping

from gosales.core.errors import TrackingError
from gosales.registry.promotion import PromotionDesk
from gosales.tracking.model_name import registered_name
from gosales.tracking.model_registry import ModelVersion


def choose_version(
    desk: PromotionDesk, target: str, number: object = None, run: object = None
) -> ModelVersion:
    """A numbered version, the one registered from a run, or the newest.

    Parameters
    ----------
    desk : PromotionDesk
        Tracker and registry.
    target : str
        Key of the target; a run says its own.
    number : object, optional
        A version's number.
    run : object, optional
        Id of a training run.

    Raises
    ------
    TrackingError
        If there is none, or the run has several.
    """
    if run is not None:
        return _of_run(desk, str(run))
    name = registered_name(target)
    if number is not None:
        return desk.models.version(name, str(number))
    versions = desk.models.versions(name)
    if not versions:
        raise TrackingError(
            f"{name} has no version",
            got="nothing registered",
            allowed="a version that `gosales train` registered",
            remedy=f"gosales train division={target}",
            reason_code="no_version",
        )
    return versions[0]


def _of_run(desk: PromotionDesk, run_id: str) -> ModelVersion:
    tags = desk.models.tracker.run_data(run_id).data.tags  # type: ignore[attr-defined]
    if tags.get("kind") != "train":
        raise TrackingError(
            "the run is no training run",
            got=f"run={run_id}: kind {tags.get('kind', 'none')}",
            allowed="a run of gosales train that registered a version",
            remedy="gosales runs lists them; their ids stand in the summary of gosales train",
            reason_code="not_a_training_run",
        )
    target = tags["division"]
    found = [v for v in desk.models.versions(registered_name(target)) if v.run_id == run_id]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", ".join(v.version for v in found)
        raise TrackingError(
            "several versions are registered from this run",
            got=f"run={run_id}: versions {numbers}",
            allowed=f"one of them: {numbers}",
            remedy=f"gosales gauntlet division={target} version={found[0].version}",
            reason_code="several_versions",
        )
    raise _unregistered(run_id, target, tags)


def _unregistered(run_id: str, target: str, tags: Mapping[str, str]) -> TrackingError:
    outcome = tags.get("outcome", "none")
    return TrackingError(
        "no version is registered from this run",
        got=f"run={run_id}: outcome {outcome}",
        allowed="a run of gosales train that registered a version",
        remedy=f"gosales train division={target}",
        reason_code="no_version",
    )
