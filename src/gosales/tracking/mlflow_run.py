"""An open MLflow run."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gosales.tracking.bundle_log import BundleRegistration, register_bundle
from gosales.tracking.code_version import PACKAGE
from gosales.tracking.failures import as_tracking_error
from gosales.tracking.metric_check import check_metrics
from gosales.tracking.params import flatten_params
from gosales.tracking.redact import redact

MAX_TAG: Final = 5000
_NOTE: Final = "mlflow.note.content"
_PARAMS_PER_CALL: Final = 100
_METRICS_PER_CALL: Final = 1000
_DIGEST_LENGTH: Final = 36


class MlflowRun:
    """A run handle bound to one client and one run; see `gosales.tracking.tracker.RunHandle`.

    Parameters
    ----------
    client : mlflow.MlflowClient
        The store.
    run_id : str
        The run.
    """

    def __init__(self, client: Any, run_id: str) -> None:
        self._client = client
        self._id = run_id

    @property
    def id(self) -> str:
        """Run id."""
        return self._id

    def log_params(self, config: Mapping[str, Any]) -> None:
        """Log the flattened configuration; keys the run already has are left as they are.

        Notes
        -----
        Under ``mlflow run`` the entry point's parameters stand in the run before ours, and a
        parameter cannot be written twice.
        """
        from mlflow.entities import Param

        with as_tracking_error(self._id):
            known = self._client.get_run(self._id).data.params
            params = [Param(k, v) for k, v in flatten_params(config).items() if k not in known]
            for i in range(0, len(params), _PARAMS_PER_CALL):
                self._client.log_batch(self._id, params=params[i : i + _PARAMS_PER_CALL])

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Log all metrics in one call.

        Raises
        ------
        InternalError
            If a name holds ``@`` or ``%`` or a value is not finite.
        """
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        rows = [Metric(k, v, now, step) for k, v in check_metrics(metrics).items()]
        with as_tracking_error(self._id):
            for i in range(0, len(rows), _METRICS_PER_CALL):
                self._client.log_batch(self._id, metrics=rows[i : i + _METRICS_PER_CALL])

    def log_text(self, text: str, path: str) -> None:
        """Log one text artifact."""
        with as_tracking_error(path):
            self._client.log_text(self._id, text, path)

    def log_artifacts(self, folder: Path, under: str | None = None) -> None:
        """Log every file of a folder."""
        with as_tracking_error(str(folder)):
            self._client.log_artifacts(self._id, str(folder), under)

    def log_dataset(
        self,
        name: str,
        digest: str,
        source: str,
        context: str,
        schema: Mapping[str, str] | None = None,
        profile: Mapping[str, Any] | None = None,
    ) -> None:
        """Log a dataset input.

        Notes
        -----
        MLflow keeps 36 characters of a digest; the whole one stands in the source.
        """
        from mlflow.entities import Dataset, DatasetInput, InputTag

        columns = [{"name": n, "type": t, "required": True} for n, t in (schema or {}).items()]
        dataset = Dataset(
            name=name,
            digest=digest[:_DIGEST_LENGTH],
            source_type="local",
            source=json.dumps({"uri": redact(source), "digest": digest}),
            schema=json.dumps({"mlflow_colspec": columns}) if columns else None,
            profile=json.dumps(dict(profile), default=str) if profile else None,
        )
        tags = [InputTag("mlflow.data.context", context)]
        with as_tracking_error(self._id):
            self._client.log_inputs(self._id, datasets=[DatasetInput(dataset, tags)])

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Set tags in one call."""
        from mlflow.entities import RunTag

        rows = [RunTag(name, _cut(str(value))) for name, value in tags.items()]
        with as_tracking_error(self._id):
            for i in range(0, len(rows), _PARAMS_PER_CALL):
                self._client.log_batch(self._id, tags=rows[i : i + _PARAMS_PER_CALL])

    def set_note(self, markdown: str) -> None:
        """Set the description of the run's page; a long one is cut at the end of a line."""
        self.set_tags({_NOTE: markdown})

    def register_bundle(
        self,
        bundle_dir: Path,
        name: str,
        example: pd.DataFrame,
        description: str,
        tags: Mapping[str, str],
        code_paths: Sequence[Path] | None = None,
    ) -> str:
        """Log a bundle as a model of this run and register it; returns the version."""
        paths = (PACKAGE,) if code_paths is None else tuple(code_paths)
        what = BundleRegistration(name, bundle_dir, example, description, tags, paths)
        with as_tracking_error(name):
            return register_bundle(self._client, self._id, what)


def _cut(text: str) -> str:
    if len(text) <= MAX_TAG:
        return text
    head = text[: MAX_TAG - 80]
    return f"{head[: head.rfind(chr(10))] if chr(10) in head else head}\n\n… (cut here)"
