"""A process that never saw the data: it gets a candidate and stars, and can read nothing else."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from gosales.core.errors import InternalError
from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.evaluation.candidate import Candidate
from gosales.features.panel import Panel

_DENIED = "ermission denied"  # of the operating system, as Python, Arrow and DuckDB pass it on


class OutsideReadError(InternalError):
    """A build needed something that it was not given."""


class SealedProcess:
    """Builds panels where no memory, no file and no clock of this process can help.

    Parameters
    ----------
    folder : pathlib.Path
        The only place whose data it can read: stars must lie in it.

    Notes
    -----
    A new interpreter, started without fork. Module-level memory is gone; files outside ``folder``,
    the installation and the packages in use are out of reach (`ReadFence`); its wall clock is
    years off. What a candidate computes from the star it is given is the same there, to the bit.
    """

    def __init__(self, folder: Path, requests: IO[str], answers: IO[str], errors: Path) -> None:
        self.folder = folder
        self.by_kernel = False
        self._requests = requests
        self._answers = answers
        self._errors = errors

    @classmethod
    @contextmanager
    def of(cls, candidate: Candidate, folder: Path) -> Iterator[SealedProcess]:
        """Start one, and end it afterwards."""
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "candidate.pkl").write_bytes(pickle.dumps(candidate))
        errors = folder / "errors.txt"
        paths = [str(Path(p).absolute()) for p in sys.path]
        own = {"PYTHONPATH": os.pathsep.join(paths), "TMPDIR": str(folder)}
        module = f"{__package__}.sealed_worker"
        with errors.open("w", encoding="utf-8") as told:
            worker = subprocess.Popen(
                [sys.executable, "-m", module, str(folder), json.dumps(_packages())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                cwd=folder,
                env={**os.environ, **own},
                text=True,
            )
        assert worker.stdin is not None
        assert worker.stdout is not None
        try:
            yield cls(folder, worker.stdin, worker.stdout, errors)
        finally:
            worker.kill()
            worker.communicate()

    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, outcomes: bool = False) -> Panel:
        """The panel of a star, computed anew.

        ``outcomes`` asks for roster and labels only, where the candidate can leave out the rest.

        Raises
        ------
        OutsideReadError
            If the build opened, or failed for want of, a file that it was not given.
        InternalError
            If it failed otherwise.
        """
        request = {"star": str(star.path), "cutoffs": [str(c) for c in cutoffs]}
        answer = self._ask({**request, "outcomes": outcomes})
        self.by_kernel = bool(answer["by_kernel"])
        error = str(answer.get("error", ""))
        if answer["denied"] or _DENIED in error:
            raise OutsideReadError(
                "a build reads outside the star it is given",
                got=", ".join(sorted(set(answer["denied"]))) or error,
                allowed="the tables of the as-of view",
                remedy="bring the data into the log, dated, and read it through the view",
                reason_code="outside_read",
            )
        if error:
            raise InternalError("a build in a fresh process failed", got=error)
        panel: Panel = pickle.loads((self.folder / "panel.pkl").read_bytes())
        return panel

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self._requests.write(json.dumps(request) + "\n")
            self._requests.flush()
            line = self._answers.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            last = self._errors.read_text(encoding="utf-8", errors="replace")[-1500:]
            remedy = "see whether the candidate's classes can be imported anew"
            if _DENIED in last:
                remedy = "a plug-in reads a file while it is imported: it may read its own code"
            raise InternalError("the fresh process ended early", got=last, remedy=remedy)
        answer: dict[str, Any] = json.loads(line)
        return answer


def _packages() -> list[str]:
    """Where the packages in use lie: a plug-in may read its own code."""
    found = set()
    for name, module in list(sys.modules.items()):
        if "." not in name and isinstance(module, ModuleType):
            file = getattr(module, "__file__", None)
            found |= set(map(str, getattr(module, "__path__", ()))) or {file or ""}
    return sorted(p for p in found if p and not p.startswith((sys.prefix, sys.base_prefix)))
