"""Logging a no-pickle bundle as a model and registering it."""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gosales.core.columns import PROBABILITY
from gosales.core.errors import TrackingError
from gosales.tracking.code_version import PACKAGE

_ABOUT: Final = (
    "Accounts likely to buy this division. A version's page is its model card, with the verdict of "
    "its audit; `champion` scores, `previous_champion` is what a rollback restores, `challenger` "
    "is the newest. Only `gosales promote` and `gosales rollback` move them: `gosales verify` "
    "finds what was moved by hand."
)
ARTIFACT: Final = "bundle"
MODEL: Final = "model"
# What scoring a bundle imports; named so that the library does not have to guess (10 s).
_NEEDS: Final = ("mlflow", "numpy", "pandas", "pyarrow", "lightgbm", "scikit-learn", "scipy")
_NEEDS_TOO: Final = ("ibis-framework", "duckdb")


@dataclass(frozen=True)
class BundleRegistration:
    """What is registered, and under which name.

    Parameters
    ----------
    name : str
        Registered model, ``gosales.<slug>``.
    bundle_dir : pathlib.Path
        The bundle.
    example : pandas.DataFrame
        Raw feature columns; only names and kinds are kept.
    description : str
        Markdown of the version's page.
    tags : mapping of str to str
        Tags of the version.
    code_paths : sequence of pathlib.Path
        Packages shipped with the model.
    """

    name: str
    bundle_dir: Path
    example: pd.DataFrame
    description: str
    tags: Mapping[str, str]
    code_paths: Sequence[Path] = field(default=(PACKAGE,))


def requirements() -> list[str]:
    """Pinned requirements of scoring, as installed here."""
    pins = []
    for package in (*_NEEDS, *_NEEDS_TOO):
        try:
            pins.append(f"{package}=={version(package)}")
        except PackageNotFoundError:
            continue
    return pins


def signature(example: pd.DataFrame) -> Any:
    """Model signature: doubles and strings in, one double ``probability`` out.

    Parameters
    ----------
    example : pandas.DataFrame
        Raw feature columns.

    Returns
    -------
    mlflow.models.ModelSignature
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    kinds = {
        str(name): "double" if pd.api.types.is_numeric_dtype(example[name]) else "string"
        for name in example.columns
    }
    inputs = Schema([ColSpec(kind, name) for name, kind in kinds.items()])
    return ModelSignature(inputs=inputs, outputs=Schema([ColSpec("double", PROBABILITY)]))


def register_bundle(client: Any, run_id: str, what: BundleRegistration) -> str:
    """Log the bundle as a model of a run and create a version of it.

    Parameters
    ----------
    client : mlflow.MlflowClient
        The store.
    run_id : str
        The run that made the bundle.
    what : BundleRegistration
        Bundle, name and page.

    Returns
    -------
    str
        The new version.
    """
    from mlflow.entities import LoggedModelOutput

    run = client.get_run(run_id)
    model = client.create_logged_model(
        run.info.experiment_id, name=MODEL, source_run_id=run_id, model_type="pyfunc"
    )
    try:
        with tempfile.TemporaryDirectory(prefix="gosales-model-") as scratch:
            package = Path(scratch) / MODEL
            _save(package, model, run_id, what)
            client.log_model_artifacts(model.model_id, str(package))
    except BaseException:
        client.finalize_logged_model(model.model_id, "FAILED")
        raise
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run_id, models=[LoggedModelOutput(model.model_id, step=0)])
    _copy_metrics(client, run, model.model_id)
    return _create_version(client, run_id, model.model_id, what)


def _save(package: Path, model: Any, run_id: str, what: BundleRegistration) -> None:
    from mlflow import pyfunc
    from mlflow.models import Model

    about = Model(
        artifact_path=model.artifact_location,
        model_uuid=model.model_id,
        run_id=run_id,
        model_id=model.model_id,
    )
    with warnings.catch_warnings():
        # It asks for an input example, which would be scored here for 1 s; we give a signature.
        warnings.filterwarnings("ignore", message=".*input example", category=UserWarning)
        pyfunc.save_model(
            path=str(package),
            python_model=str(Path(__file__).with_name("bundle_model.py")),
            artifacts={ARTIFACT: str(what.bundle_dir)},
            code_paths=[str(path) for path in what.code_paths],
            signature=signature(what.example),
            pip_requirements=requirements(),
            mlflow_model=about,
        )
    _drop_bytecode(package)


def _drop_bytecode(package: Path) -> None:
    for file in list(package.rglob("*.pyc")):
        file.unlink()
    for folder in list(package.rglob("__pycache__")):
        folder.rmdir()


def _copy_metrics(client: Any, run: Any, model_id: str) -> None:
    """Show the run's metrics on the model's own page too, in one call."""
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    metrics = [
        Metric(name, value, now, 0, model_id=model_id, run_id=run.info.run_id)
        for name, value in run.data.metrics.items()
    ]
    if metrics:
        client.log_batch(run.info.run_id, metrics=metrics)


def _create_version(client: Any, run_id: str, model_id: str, what: BundleRegistration) -> str:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(what.name, description=_ABOUT)
    except MlflowException as error:
        # Another process may have been first; that is all this may mean.
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    made = client.create_model_version(
        what.name,
        source=f"models:/{model_id}",
        run_id=run_id,
        tags=dict(what.tags),
        description=what.description,
        model_id=model_id,
    )
    if made.status != "READY":
        raise TrackingError(
            "the version was not registered",
            got=f"{what.name} version {made.version}: {made.status}",
            allowed="READY",
            remedy="look at the server's log, then train again",
            reason_code="version_not_ready",
        )
    return str(made.version)
