"""leakprobe's `check`: perturb each dated table, rebuild the features, see which moved.

Gets the dated tables of the log with the date each row became known, the pipeline as a black box
(`compute`, served by the study's process), the as-of date as its ``cutoff`` and, as the
declaration of what each feature reads, what its own `discover` finds for the honest twin. What
makes `Report.raise_for_leaks` raise is an alarm: undeclared reads, and rows after the cutoff.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import leakprobe
import pandas as pd

CHANNEL = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what the package prints must not speak into the answers


def say(told: dict) -> None:
    CHANNEL.write(json.dumps(told) + "\n")
    CHANNEL.flush()


def main(folder: Path) -> None:
    asked = json.loads((folder / "asked.json").read_text())
    clocks = asked["clocks"]
    sources = {name: pd.read_parquet(folder / f"{name}.parquet") for name in clocks}
    for name, clock in clocks.items():
        sources[name][clock] = pd.to_datetime(sources[name][clock])

    def compute(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
        changed = [name for name in clocks if tables[name] is not sources[name]]
        for name in changed:
            tables[name].to_parquet(folder / f"given_{name}.parquet", index=False)
        say({"changed": changed})
        answer = json.loads(sys.stdin.readline())
        return pd.read_parquet(answer["features"]).set_index("customer_id")

    declared = asked["declared"]
    if declared is None:
        declared = leakprobe.discover(compute, sources, clocks)
    try:
        report = leakprobe.check(
            compute,
            sources,
            clocks,
            declared,
            cutoff=pd.Timestamp(asked["as_of"]),
        )
    except RuntimeError as error:
        # Documented: features that differ between two runs are refused.
        say({"result": {"alarm": True, "by": [f"refused: {error}"[:200]], "declared": declared}})
        return
    found = [*report.leaks, *report.future]
    by = sorted({f"{f.kind} of {f.source}" for f in found})
    say({"result": {"alarm": bool(found), "by": by, "declared": declared}})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
