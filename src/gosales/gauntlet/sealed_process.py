"""A process that never saw the data: it gets a candidate and what it asks for, nothing else."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import pandas as pd

from gosales.core.errors import InternalError
from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.features.panel import Panel
from gosales.gauntlet.code_places import code_places
from gosales.models.fitted_model import FittedModel

_DENIED: Final = "ermission denied"  # of the operating system, as Python, Arrow and DuckDB say it
# What decides how code runs, and nothing that could tell it of the data.
_ENVIRONMENT: Final = (
    "PATH", "HOME", "LANG", "LC_", "TZ", "PYTHON", "LD_", "DYLD_", "SYSTEMROOT", "OMP_", "KMP_",
    "OPENBLAS_", "MKL_", "NUMEXPR_", "ARROW_", "JAVA_", "SPARK_", "HADOOP_",
)  # fmt: skip


class OutsideReadError(InternalError):
    """Work in a sealed process needed something that it was not given."""


class SealedProcess:
    """Builds and fits where no memory, no file and no clock of this process can help.

    Parameters
    ----------
    folder : pathlib.Path
        The only place whose data it can read: stars must lie in it.

    Notes
    -----
    A new interpreter, started without fork, to which the candidate comes as what it was made from
    (`parcel_of`). Module-level memory is gone; files outside ``folder``, the installation and the
    code of the packages in use are out of reach (`ReadFence`), the environment is a bare one, and
    its wall clock is years off. Each request is answered by a child of that process that no other
    request ever touched, where the system can make one (``by_child``). What a candidate computes
    from what it is given is the same there, to the bit.
    """

    def __init__(self, folder: Path, requests: IO[str], answers: IO[str], errors: Path) -> None:
        self.folder = folder
        self.by_kernel = False
        self.by_child = False
        self._requests = requests
        self._answers = answers
        self._errors = errors

    @classmethod
    @contextmanager
    def of(cls, parcel: bytes, folder: Path) -> Iterator[SealedProcess]:
        """Start one, and end it afterwards.

        Parameters
        ----------
        parcel : bytes
            The candidate, from `parcel_of`.
        folder : pathlib.Path
            Made if absent.
        """
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "candidate.pkl").write_bytes(parcel)
        errors = folder / "errors.txt"
        module = f"{__package__}.sealed_worker"
        with errors.open("w", encoding="utf-8") as told:
            worker = subprocess.Popen(
                [sys.executable, "-m", module, str(folder), json.dumps(code_places())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                cwd=folder,
                env=_environment(folder),
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
        panel: Panel = self._ask({"task": "build", **request, "outcomes": outcomes})
        return panel

    def fit_fold(self, panel: Panel, fold: Fold) -> tuple[FittedModel, np.ndarray]:
        """As `Candidate.fit_fold`; the same errors as `build`."""
        found: tuple[FittedModel, np.ndarray] = self._ask({"task": "fit_fold"}, (panel, fold))
        return found

    def fit(self, panel: Panel, held: pd.DataFrame) -> tuple[FittedModel, np.ndarray]:
        """As `Candidate.fit`, and what that model says of other rows; the errors of `build`.

        Parameters
        ----------
        panel : Panel
            Training rows.
        held : pandas.DataFrame, shape (n, p)
            Features to predict after the fit.
        """
        found: tuple[FittedModel, np.ndarray] = self._ask({"task": "fit"}, (panel, held))
        return found

    def plan(self, panel: Panel) -> FoldPlan:
        """As `Candidate.plan`; the same errors as `build`."""
        found: FoldPlan = self._ask({"task": "plan"}, (panel,))
        return found

    def _ask(self, request: dict[str, Any], given: tuple[Any, ...] = ()) -> Any:
        (self.folder / "given.pkl").write_bytes(pickle.dumps(given))
        answer = self._answer(request)
        self.by_kernel, self.by_child = bool(answer["by_kernel"]), bool(answer["by_child"])
        error = str(answer.get("error", ""))
        if answer["denied"] or _DENIED in error:
            raise OutsideReadError(
                "an audit's build or fit reads outside of what it is given",
                got=", ".join(sorted(set(answer["denied"]))) or error,
                allowed="the tables of the as-of view; for a fit its training rows",
                remedy="bring the data into the log, dated, and read it through the view",
                reason_code="outside_read",
            )
        if error:
            raise InternalError("a build or fit in a fresh process failed", got=error)
        return pickle.loads((self.folder / "result.pkl").read_bytes())

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
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


def _environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k.upper().startswith(_ENVIRONMENT)}
    paths = [str(Path(p).absolute()) for p in sys.path]
    own = {"PYTHONPATH": os.pathsep.join(paths), "TMPDIR": str(folder)}
    return {**kept, **own, "PYTHONDONTWRITEBYTECODE": "1"}
