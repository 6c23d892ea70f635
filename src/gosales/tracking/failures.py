"""Failures of the tracking library, told as ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from gosales.core.errors import TrackingError

_MAX = 300


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return (text[0] if text else type(error).__name__)[:_MAX]


@contextmanager
def as_tracking_error(where: str) -> Iterator[None]:
    """Turn what MLflow, SQLAlchemy and HTTP raise inside the block into a `TrackingError`.

    Parameters
    ----------
    where : str
        The store or the object at hand, for the message.

    Raises
    ------
    TrackingError
        With the first line of the cause.
    """
    # Imported inside: both belong to MLflow, which must be set up before it is imported.
    from mlflow.exceptions import MlflowException
    from requests.exceptions import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError, RequestException, sqlite3.Error, OSError) as error:
        raise TrackingError(
            "the tracking store refused",
            got=f"{_first_line(error)} (at {where})",
            allowed="a reachable, writable store",
            remedy="check tracking.uri, the disk and the server, then run the command again",
            reason_code="store_refused",
        ) from error
