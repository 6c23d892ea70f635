"""Versions, aliases and tags of registered models, read and written one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import yaml

from gosales.core.errors import IntegrityError, TrackingError
from gosales.tracking.bundle_log import ARTIFACT
from gosales.tracking.failures import as_tracking_error
from gosales.tracking.mlflow_tracker import MlflowTracker


@dataclass(frozen=True)
class ModelVersion:
    """One version of a registered model, as the registry told it last.

    Parameters
    ----------
    name : str
        Registered model.
    version : str
        Number, as text.
    run_id : str
        The training run.
    tags : dict of str to str
        Tags of the version.
    metrics : dict of str to float
        Metrics of the training run.
    """

    name: str
    version: str
    run_id: str
    tags: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)


@runtime_checkable
class ModelRegistry(Protocol):
    """What promotion, rollback and scoring need of a model registry."""

    def names(self) -> list[str]:
        """Names of all registered models of this package, sorted."""

    def exists(self, name: str) -> bool:
        """Whether a model is registered under this name."""

    def versions(self, name: str) -> list[ModelVersion]:
        """All versions, newest first; empty when the model is not registered."""

    def version(self, name: str, version: str) -> ModelVersion:
        """One version, read anew."""

    def alias(self, name: str, alias: str) -> str | None:
        """The version an alias points at, read anew."""

    def set_alias(self, name: str, alias: str, version: str | None) -> None:
        """Point an alias at a version; None removes it."""

    def model_tags(self, name: str) -> dict[str, str]:
        """Tags of the registered model."""

    def set_model_tag(self, name: str, key: str, value: str | None) -> None:
        """Set a tag of the registered model; None removes it."""

    def set_version_tags(self, name: str, version: str, tags: Mapping[str, str | None]) -> None:
        """Set tags of a version; None removes one."""

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Held while aliases of a model move; other processes of this host wait."""

    def download_package(self, name: str, version: str, folder: Path) -> Path:
        """Copy the logged model of a version; returns its directory."""

    def download(self, run_id: str, path: str, folder: Path) -> Path:
        """Copy one artifact of a run."""


def bundle_of(package: Path) -> Path:
    """The bundle inside a downloaded model.

    Raises
    ------
    IntegrityError
        If the model is not one of ours, or its bundle lies outside it.
    """
    file = package / "MLmodel"
    try:
        flavor = yaml.safe_load(file.read_text(encoding="utf-8"))["flavors"]["python_function"]
        bundle = Path(package, flavor["artifacts"][ARTIFACT]["path"]).resolve()
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise _not_ours(package, repr(error)) from error
    if not bundle.is_relative_to(package.resolve()) or not bundle.is_dir():
        raise _not_ours(package, str(bundle))
    return bundle


def _not_ours(package: Path, got: str) -> IntegrityError:
    return IntegrityError(
        "the model of this version holds no GoSales bundle",
        got=f"{package.name}: {got}",
        allowed="a model registered by `gosales train`",
        remedy="train again; versions from elsewhere cannot be promoted or scored",
        reason_code="no_bundle",
    )


class MlflowModelRegistry:
    """The MLflow model registry behind a tracker's store; see `ModelRegistry`.

    Parameters
    ----------
    tracker : MlflowTracker
        Gives the client.
    """

    def __init__(self, tracker: MlflowTracker) -> None:
        self.tracker = tracker

    @property
    def _client(self) -> Any:
        return self.tracker.client

    def names(self) -> list[str]:
        """Names of all registered models of this package, sorted."""
        with as_tracking_error("registered models"):
            found = self._client.search_registered_models("name LIKE 'gosales.%'", max_results=1000)
        return sorted(str(model.name) for model in found)

    def versions(self, name: str) -> list[ModelVersion]:
        """All versions, newest first."""
        with as_tracking_error(name):
            found = self._client.search_model_versions(f"name = '{name}'", max_results=1000)
            versions = [self._read(mv) for mv in found]
        return sorted(versions, key=lambda v: -int(v.version))

    def version(self, name: str, version: str) -> ModelVersion:
        """One version.

        Raises
        ------
        TrackingError
            If there is no such version.
        """
        if not version.isdigit():
            raise TrackingError(
                "a version is a number",
                got=repr(version),
                allowed="for example version=3, or version=best",
                remedy="list them with `gosales runs`",
                reason_code="bad_version",
            )
        from mlflow.exceptions import MlflowException

        with as_tracking_error(f"{name} version {version}"):
            try:
                found = self._client.get_model_version(name, version)
            except MlflowException as error:
                if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                    raise
                raise self._no_such(name, version) from error
            return self._read(found)

    def alias(self, name: str, alias: str) -> str | None:
        """The version an alias points at."""
        aliases = self._model(name).aliases if self.exists(name) else {}
        found = aliases.get(alias)
        return None if found is None else str(found)

    def set_alias(self, name: str, alias: str, version: str | None) -> None:
        """Point an alias at a version, or remove it."""
        with as_tracking_error(f"{name}@{alias}"):
            if version is None:
                self._client.delete_registered_model_alias(name, alias)
            else:
                self._client.set_registered_model_alias(name, alias, version)

    def model_tags(self, name: str) -> dict[str, str]:
        """Tags of the registered model."""
        return dict(self._model(name).tags) if self.exists(name) else {}

    def set_model_tag(self, name: str, key: str, value: str | None) -> None:
        """Set or remove a tag of the registered model."""
        with as_tracking_error(name):
            if value is not None:
                self._client.set_registered_model_tag(name, key, value)
            elif key in self._model(name).tags:
                self._client.delete_registered_model_tag(name, key)

    def set_version_tags(self, name: str, version: str, tags: Mapping[str, str | None]) -> None:
        """Set tags of a version, in the order given; None removes one."""
        with as_tracking_error(f"{name} version {version}"):
            for key, value in tags.items():
                if value is None:
                    self._client.delete_model_version_tag(name, version, key)
                else:
                    self._client.set_model_version_tag(name, version, key, value)

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Held while aliases of a model move; other processes of this host wait."""
        return self.tracker.store.lock(f"promotion-{name}")

    def set_description(self, name: str, version: str, markdown: str) -> None:
        """Set the Markdown of a version's page."""
        with as_tracking_error(f"{name} version {version}"):
            self._client.update_model_version(name, version, description=markdown)

    def download_package(self, name: str, version: str, folder: Path) -> Path:
        """Copy the logged model of a version; returns its directory."""
        from mlflow.artifacts import download_artifacts

        folder.mkdir(parents=True, exist_ok=True)
        store = self.tracker.store.address
        with as_tracking_error(f"{name} version {version}"):
            # By the model's own location: `models:/name/version` would be looked up in whatever
            # registry this process happened to set last.
            source = self._client.get_model_version(name, version).source
            model = self._client.get_logged_model(source.removeprefix("models:/"))
            found = download_artifacts(
                artifact_uri=model.artifact_location, dst_path=str(folder), tracking_uri=store
            )
        return Path(found)

    def download(self, run_id: str, path: str, folder: Path) -> Path:
        """Copy one artifact of a run."""
        return self.tracker.download(run_id, path, folder)

    def exists(self, name: str) -> bool:
        """Whether a model is registered under this name."""
        with as_tracking_error(name):
            return bool(self._client.search_registered_models(f"name = '{name}'", max_results=1))

    def _model(self, name: str) -> Any:
        with as_tracking_error(name):
            return self._client.get_registered_model(name)

    def _no_such(self, name: str, version: str) -> TrackingError:
        known = [v.version for v in self.versions(name)]
        target = name.partition(".")[2]
        return TrackingError(
            f"{name} has no version {version}" if known else f"{name} has no version",
            got=f"version={version}",
            allowed=", ".join(known) or "a version that `gosales train` registered",
            remedy="give one of them" if known else f"gosales train division={target}",
            reason_code="no_version",
        )

    def _read(self, found: Any) -> ModelVersion:
        run = self._client.get_run(found.run_id) if found.run_id else None
        return ModelVersion(
            name=str(found.name),
            version=str(found.version),
            run_id=str(found.run_id or ""),
            tags={str(k): str(v) for k, v in (found.tags or {}).items()},
            metrics=dict(run.data.metrics) if run else {},
        )
