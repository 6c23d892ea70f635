"""Runs of the project's experiment that carry some tags, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gosales.core.errors import InternalError
from gosales.tracking.failures import as_tracking_error
from gosales.tracking.mlflow_tracker import MlflowTracker

_PAGE = 1000
# Any value, in the language of the store's filters.
ANY = "%"


def search_runs(
    tracker: MlflowTracker, tags: Mapping[str, str], *, finished: bool = False
) -> Iterator[Any]:
    """Every MLflow run with these tags, page by page.

    Parameters
    ----------
    tracker : MlflowTracker
        The store.
    tags : mapping of str to str
        Tag to value, or to `ANY`.
    finished : bool, default False
        Only runs that ended well.

    Yields
    ------
    mlflow Run
        Newest first.

    Raises
    ------
    InternalError
        If a value holds a quote: names are slugged before they come here.
    """
    if any("'" in value or "`" in key for key, value in tags.items()):
        raise InternalError("a tag to search for holds a quote", got=str(dict(tags)))
    parts = [
        f"tags.`{key}` {'LIKE' if value == ANY else '='} '{value}'" for key, value in tags.items()
    ]
    parts += ["attributes.status = 'FINISHED'"] if finished else []
    token: str | None = None
    while True:
        with as_tracking_error(tracker.store.experiment):
            page = tracker.client.search_runs(
                [tracker.experiment_id],
                " and ".join(parts),
                max_results=_PAGE,
                order_by=["attributes.start_time DESC"],
                page_token=token,
            )
        yield from page
        token = page.token
        if not token:
            return
