"""Environment that MLflow reads when it is imported; set before every import of it."""

from __future__ import annotations

import logging
import os
from typing import Any

# Read by MLflow at import or at first use; a user's own value wins.
_DEFAULTS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    # An unreachable server must say so within seconds: the library's own default is minutes.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "GIT_PYTHON_REFRESH": "quiet",
}
_CHATTY = ("mlflow", "alembic")
# It logs every refusal of the database with its traceback, before the error that we tell.
_TOLD_TWICE = "mlflow.store.db.utils"


def quiet_mlflow() -> Any:
    """Import MLflow without telemetry, banners, progress bars or pickle.

    Returns
    -------
    module
        ``mlflow`` itself (untyped).

    Notes
    -----
    The import takes about two seconds, so it happens at the first use of a store and never
    when `gosales.tracking` is imported.
    """
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    import mlflow

    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger(_TOLD_TWICE).setLevel(logging.CRITICAL)
    return mlflow
