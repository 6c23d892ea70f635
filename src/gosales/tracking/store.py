"""Where runs and versions are kept: refused when unsafe, created once when new."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

from gosales.core.errors import ConfigError, TrackingError
from gosales.tracking.environment import quiet_mlflow
from gosales.tracking.failures import as_tracking_error
from gosales.tracking.redact import redact
from gosales.tracking.schema import migrate
from gosales.tracking.store_probe import probe

EXPERIMENT_ENV: Final = "GOSALES_EXPERIMENT"
# Tells the UI to open on runs and metrics of model training rather than on traces.
EXPERIMENT_KIND: Final = ("mlflow.experimentKind", "custom_model_development")
# Shown above the runs, and in the list of experiments.
EXPERIMENT_NOTE: Final = (
    "mlflow.note.content",
    "Which accounts to call, per product division. One row is one command: open `pipeline` for a "
    "whole path, or search `tags.kind = 'train'` and sort by `forward_ws_auc` (whitespace "
    "accounts, months no model saw). A run's description is its model card; the registered "
    "models `gosales.<division>` hold the versions, and `champion` is the one that scores.",
)
_SQLITE: Final = "sqlite:///"
_LOCK_SECONDS: Final = 180.0
# MLflow gives its Default experiment this root; without it a stray ./mlruns is recorded.
_ARTIFACT_ROOT_ENV: Final = "_MLFLOW_SERVER_ARTIFACT_ROOT"


@dataclass(frozen=True)
class TrackingStore:
    """A tracking store and its experiment.

    Parameters
    ----------
    uri : str or None, default ``"sqlite:///mlflow.db"``
        A database or a server. A relative SQLite path is relative to the working directory.
    artifacts : str or None, default ``"mlartifacts"``
        Directory or URI of the experiment's artifacts; None leaves it to the server.
    experiment : str, default ``"gosales"``
        Name of the experiment.

    Raises
    ------
    ConfigError
        If the URI is missing, or names a file store or a database in memory.
    """

    uri: str | None = f"{_SQLITE}mlflow.db"
    artifacts: str | None = "mlartifacts"
    experiment: str = "gosales"

    def __post_init__(self) -> None:
        object.__setattr__(self, "uri", _absolute(_safe(self.uri)))
        if not self.experiment.strip():
            raise ConfigError(
                "the experiment has no name",
                got=repr(self.experiment),
                allowed="a non-empty text",
                remedy="set tracking.experiment",
                reason_code="bad_experiment",
            )

    @classmethod
    def from_environment(cls) -> Self:
        """The store a parent process connected to (`connect` exports it)."""
        uri = os.environ.get("MLFLOW_TRACKING_URI", f"{_SQLITE}mlflow.db")
        return cls(uri, None, os.environ.get(EXPERIMENT_ENV, "gosales"))

    @property
    def address(self) -> str:
        """The URI, absolute; never None once the store exists."""
        return str(self.uri)

    @property
    def database(self) -> Path | None:
        """The SQLite file, or None for a server."""
        if not self.address.startswith(_SQLITE):
            return None
        return Path(self.address.removeprefix(_SQLITE).partition("?")[0])

    @property
    def artifact_root(self) -> str | None:
        """Where artifacts go, as an absolute URI; None where the server decides."""
        if self.artifacts is None:
            return None
        if "://" in self.artifacts:
            return self.artifacts
        return Path(self.artifacts).resolve().as_uri()

    @contextmanager
    def lock(self, purpose: str) -> Iterator[None]:
        """Hold a lock that other processes of this host respect.

        Raises
        ------
        TrackingError
            If another process holds it for three minutes, or it cannot be created.
        """
        from filelock import FileLock, Timeout

        path = self._lock_path(purpose)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(path, timeout=_LOCK_SECONDS):
                yield
        except Timeout as error:
            raise TrackingError(
                f"the store is locked by another process ({purpose})",
                got=str(path),
                allowed=f"a free lock within {_LOCK_SECONDS:.0f} s",
                remedy="wait for the other command, or end it",
                reason_code="store_locked",
            ) from error
        except PermissionError as error:
            raise _not_writable(path.parent, error) from error

    def connect(self) -> Any:
        """A client of the store, whose schema and experiment exist afterwards.

        Returns
        -------
        mlflow.MlflowClient

        Raises
        ------
        TrackingError
            If the store cannot be reached, read or written (within seconds).

        Notes
        -----
        The schema is created or migrated under a file lock, by whoever comes first; processes
        that start together on a fresh project wait for it and then find it complete. The store
        is exported to child processes.
        """
        probe(self.address)
        if self.artifact_root is not None and self.database is not None:
            os.environ[_ARTIFACT_ROOT_ENV] = self.artifact_root
        mlflow = quiet_mlflow()
        os.environ[EXPERIMENT_ENV] = self.experiment
        with as_tracking_error(redact(self.address)), self.lock("schema"):
            if self.database is not None:
                migrate(self.address, self.database)
            mlflow.set_tracking_uri(self.address)
            mlflow.set_registry_uri(self.address)
            # The library exports it only when its own value changes.
            os.environ["MLFLOW_TRACKING_URI"] = self.address
            os.environ["MLFLOW_REGISTRY_URI"] = self.address
            client = mlflow.MlflowClient(self.address, self.address)
            self._ensure_experiment(client)
        return client

    def experiment_id(self, client: Any) -> str:
        """Id of the experiment."""
        found = client.get_experiment_by_name(self.experiment)
        if found is None:
            raise TrackingError(
                "the experiment is gone",
                got=self.experiment,
                remedy="connect again, or restore it in the UI",
                reason_code="no_experiment",
            )
        return str(found.experiment_id)

    def _ensure_experiment(self, client: Any) -> None:
        found = client.get_experiment_by_name(self.experiment)
        if found is None:
            client.create_experiment(
                self.experiment,
                artifact_location=self.artifact_root,
                tags=dict([EXPERIMENT_KIND, EXPERIMENT_NOTE]),
            )
        elif found.lifecycle_stage == "deleted":
            raise TrackingError(
                "the experiment was deleted",
                got=self.experiment,
                allowed="an active experiment",
                remedy="restore it (mlflow experiments restore), or set tracking.experiment",
                reason_code="experiment_deleted",
            )
        elif EXPERIMENT_KIND[0] not in found.tags:
            client.set_experiment_tag(found.experiment_id, *EXPERIMENT_KIND)

    def _lock_path(self, purpose: str) -> Path:
        if self.database is not None:
            return self.database.with_name(f".{self.database.name}.locks") / f"{purpose}.lock"
        key = hashlib.sha256(self.address.encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"gosales-{key}.{purpose}.lock"


def _safe(uri: str | None) -> str:
    if not uri:
        raise ConfigError(
            "the tracking server has no address",
            got=repr(uri),
            allowed="http(s)://<server>, postgresql://..., sqlite:///<file>",
            remedy="set tracking.uri=http://<host>:5000, or the environment's MLFLOW_TRACKING_URI",
            reason_code="no_tracking_uri",
        )
    scheme = urlsplit(uri).scheme
    in_memory = uri in ("sqlite://", _SQLITE) or ":memory:" in uri
    if scheme in ("", "file") or len(scheme) == 1 or in_memory:
        raise ConfigError(
            "a file store or a database in memory cannot hold a model registry safely",
            got=repr(uri),
            allowed="sqlite:///<file>, postgresql://..., mysql://..., http(s)://<server>",
            remedy="leave tracking.uri out for sqlite:///mlflow.db, or unset MLFLOW_TRACKING_URI",
            reason_code="file_store",
        )
    return uri


def _absolute(uri: str) -> str:
    if not uri.startswith(_SQLITE):
        return uri
    path, mark, query = uri.removeprefix(_SQLITE).partition("?")
    return f"{_SQLITE}{Path(unquote(path)).resolve().as_posix()}{mark}{query}"


def _not_writable(folder: Path, error: OSError) -> TrackingError:
    return TrackingError(
        "the tracking store cannot be written",
        got=f"{folder}: {error.strerror}",
        allowed="a directory this user may write",
        remedy="set tracking.uri to another place, or mend its permissions",
        reason_code="store_not_writable",
    )
