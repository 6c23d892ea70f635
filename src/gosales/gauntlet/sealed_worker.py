"""What runs inside a `SealedProcess`: builds and fits as it is told, one request a line."""

from __future__ import annotations

import gc
import importlib
import json
import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

# Imported before the fence and the clock: the house's own code needs no watching.
from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.evaluation.outcome_candidate import OutcomeCandidate
from gosales.evaluation.standard_candidate import StandardCandidate  # noqa: F401
from gosales.gauntlet.false_clock import set_false_clock
from gosales.gauntlet.read_fence import ReadFence

_BY_CHILD = hasattr(os, "fork")
# Slow to import and late to be asked for; a plug-in's own modules stay as they were.
_LIBRARIES = frozenset(
    {"duckdb", "ibis", "lightgbm", "numpy", "pandas", "pyarrow", "scipy", "sklearn", "sqlglot"}
)


def main(folder: Path, places: list[str]) -> None:
    """Serve requests on standard input until it ends.

    Parameters
    ----------
    folder : pathlib.Path
        Holds ``candidate.pkl`` and the stars; answers go there.
    places : list of str
        What may be read besides.
    """
    # A plug-in that prints must not speak into the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    fence = ReadFence([str(folder), *places])
    by_kernel = fence.raise_up()
    set_false_clock()
    candidate = pickle.loads((folder / "candidate.pkl").read_bytes())
    for line in sys.stdin:
        work = partial(_done, candidate, folder, json.loads(line))
        told = (_in_child if _BY_CHILD else _told)(folder, fence, work)
        _import_again(told.pop("libraries", []))
        answer = {**told, "by_kernel": by_kernel, "by_child": _BY_CHILD}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _in_child(folder: Path, fence: ReadFence, work: Callable[[], Any]) -> dict[str, Any]:
    """What a child says that is made for one request and remembers nothing of another.

    Nothing has used threads here (no query was run, no model fitted), so forking is safe.
    """
    said = folder / "answer.json"
    said.unlink(missing_ok=True)
    before = set(sys.modules)
    # The child need not look through what was imported before it each time it collects garbage.
    gc.freeze()
    child = os.fork()
    if not child:
        try:
            told = _told(folder, fence, work)
            told["libraries"] = [name for name in sys.modules if name not in before]
            said.write_text(json.dumps(told), encoding="utf-8")
        finally:
            # Whatever happened: this copy must never go on to serve requests.
            os._exit(0)
    _, status = os.waitpid(child, 0)
    if not said.is_file():
        return {"error": f"the child ended with status {status}", "denied": fence.denied}
    answer: dict[str, Any] = json.loads(said.read_text(encoding="utf-8"))
    return answer


def _import_again(names: list[str]) -> None:
    """Import the libraries a child had to import, so that the next one need not."""
    for name in names:
        if name.partition(".")[0] in _LIBRARIES:
            with suppress(ImportError):
                importlib.import_module(name)


def _told(folder: Path, fence: ReadFence, work: Callable[[], Any]) -> dict[str, Any]:
    try:
        result = work()
    except Exception as error:  # noqa: BLE001 - told to the parent, where it closes the gate
        return {"error": f"{type(error).__name__}: {error}", "denied": fence.denied}
    (folder / "result.pkl").write_bytes(pickle.dumps(result))
    return {"denied": fence.denied}


def _done(candidate: Any, folder: Path, request: dict[str, Any]) -> Any:
    task = str(request["task"])
    if task == "build":
        star = Star.open(Path(request["star"]))
        cutoffs = [Cutoff.parse(c) for c in request["cutoffs"]]
        if request["outcomes"] and isinstance(candidate, OutcomeCandidate):
            return candidate.outcomes(star, cutoffs)
        return candidate.build(star, cutoffs, cached=False)
    given = pickle.loads((folder / "given.pkl").read_bytes())
    if task == "plan":
        return candidate.plan(*given)
    if task == "fit_fold":
        return candidate.fit_fold(*given)
    panel, held = given
    model = candidate.fit(panel)
    return model, model.predict(held) if len(held) else np.empty(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
