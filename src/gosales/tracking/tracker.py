"""The interface to runs that pipelines use; science never sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pandas as pd


@runtime_checkable
class RunHandle(Protocol):
    """An open run; closed by the context that gave it.

    Attributes
    ----------
    id : str
        Run id.
    """

    @property
    def id(self) -> str:
        """Run id."""

    def log_params(self, config: Mapping[str, Any]) -> None:
        """The resolved configuration, flattened to dotted keys; long values are cut."""

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """All metrics at once; names with ``@`` or ``%`` and non-finite values are refused."""

    def log_text(self, text: str, path: str) -> None:
        """One text artifact, at a path such as ``model_card.md``."""

    def log_artifacts(self, folder: Path, under: str | None = None) -> None:
        """Every file of a folder, optionally under an artifact directory."""

    def log_dataset(
        self,
        name: str,
        digest: str,
        source: str,
        context: str,
        schema: Mapping[str, str] | None = None,
        profile: Mapping[str, Any] | None = None,
    ) -> None:
        """A dataset input with our own digest.

        ``context`` is what it was used for (training, forward, scoring); ``schema`` maps column
        to type; ``profile`` holds counts such as rows, customers and dates.
        """

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Tags of the run."""

    def set_note(self, markdown: str) -> None:
        """The description that the UI shows on the run's page."""

    def register_bundle(
        self,
        bundle_dir: Path,
        name: str,
        example: pd.DataFrame,
        description: str,
        tags: Mapping[str, str],
        code_paths: Sequence[Path] | None = None,
    ) -> str:
        """Log a no-pickle bundle as a model and register it; returns the version.

        ``name`` is the registered model's, ``gosales.<slug>``; ``example`` has the raw feature
        columns, from which the signature is read (its rows are not kept).
        """


@runtime_checkable
class Tracker(Protocol):
    """Opens runs and finds finished ones."""

    def start_run(
        self,
        name: str,
        kind: str,
        tags: Mapping[str, str] | None = None,
        parent_id: str | None = None,
    ) -> AbstractContextManager[RunHandle]:
        """Open a run that ends FINISHED, FAILED (an error) or KILLED (a signal)."""

    def find_finished(self, run_key: str) -> str | None:
        """Id of the newest FINISHED run with this ``run.key``, or None."""
