"""Where a project keeps its stars, its feature cache and its outputs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gosales.core.errors import ConfigError


@dataclass(frozen=True)
class Workspace:
    """Directories of one project.

    Parameters
    ----------
    work : pathlib.Path
        Stars and caches; may be deleted, is rebuilt.
    outputs : pathlib.Path
        What people open: score files, lists, reports.
    """

    work: Path
    outputs: Path

    @classmethod
    def make(cls, work: str, outputs: str) -> Workspace:
        """Create the directories.

        Raises
        ------
        ConfigError
            If a directory cannot be made.
        """
        space = cls(Path(work).absolute(), Path(outputs).absolute())
        for folder in (space.work, space.outputs):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ConfigError(
                    "a working directory cannot be made",
                    got=f"{folder}: {error.strerror}",
                    allowed="a writable place",
                    remedy="set paths.work and paths.outputs",
                    reason_code="bad_path",
                ) from error
        return space

    @property
    def stars(self) -> Path:
        """Root of the stars."""
        return self.work / "stars"

    @property
    def features(self) -> Path:
        """Root of the content-addressed feature cache."""
        return self.work / "features"

    @property
    def findings(self) -> Path:
        """Findings of checks, kept for an audit that was stopped."""
        return self.work / "findings"

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        """A directory that is gone afterwards, whatever happens."""
        root = self.work / "scratch"
        root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=root))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
