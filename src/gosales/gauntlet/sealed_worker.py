"""What runs inside a `SealedProcess`: builds panels of stars it is told of, one a line."""

from __future__ import annotations

import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

# Imported before the fence and the clock: the house's own code needs no watching.
from gosales.core.timeline import Cutoff
from gosales.data.star import Star
from gosales.evaluation.outcome_candidate import OutcomeCandidate
from gosales.evaluation.standard_candidate import StandardCandidate  # noqa: F401
from gosales.gauntlet.false_clock import set_false_clock
from gosales.gauntlet.read_fence import ReadFence


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
        answer = _answer(candidate, folder, json.loads(line))
        answer |= {"denied": fence.denied, "by_kernel": by_kernel}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _answer(candidate: Any, folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    cutoffs = [Cutoff.parse(c) for c in request["cutoffs"]]
    try:
        star = Star.open(Path(request["star"]))
        if request["outcomes"] and isinstance(candidate, OutcomeCandidate):
            panel = candidate.outcomes(star, cutoffs)
        else:
            panel = candidate.build(star, cutoffs, cached=False)
    except Exception as error:  # noqa: BLE001 - told to the parent, where it closes the gate
        return {"error": f"{type(error).__name__}: {error}"}
    (folder / "panel.pkl").write_bytes(pickle.dumps(panel))
    return {}


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
