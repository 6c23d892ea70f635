"""Measure what an audit costs beside the training run it audits, check by check."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

HERE = Path(__file__).resolve().parent
# DESIGN §11: the whole audit, and how many training runs it may cost without these two checks.
MOST_SECONDS, MOST_RUNS, APART = 180.0, 15.0, ("permutation", "adjacency_ablation")


def timed(arguments: list[str], work: Path) -> dict[str, float]:
    """Wall and processor seconds of one command, its children's included."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", "from gosales.cli.main import main; main()", *arguments]
    done = subprocess.run(command, cwd=work, check=False, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode > 1:  # a closed gate is an answer, an error is none
        raise SystemExit(f"{' '.join(arguments)}: exit code {done.returncode}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": round(time.perf_counter() - began, 1), "cpu_s": round(used, 1)}


def main() -> None:
    """Train, audit, and write the result."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--accounts", type=int, default=7000, help="of the world")
    asked.add_argument("--division", default="printers")
    given = asked.parse_args()
    world = [f"division={given.division}", f"data.world.n_accounts={given.accounts}"]
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        timed(["ingest", f"data.world.n_accounts={given.accounts}"], work)
        load = round(os.getloadavg()[0], 1)
        train = timed(["train", *world], work)
        again = timed(["train", *world, "seed=2"], work)
        audit = timed(["gauntlet", *world], work)
        report = json.loads(newest(work, "gauntlet_report.json").read_text(encoding="utf-8"))
        rows = int(pd.read_csv(newest(work, "panel.csv"))["rows"].sum())
    commands = {"train": train, "train_cached": again, "gauntlet": audit}
    write(given, {"load_before": load, "rows": rows}, commands, report)


def newest(work: Path, name: str) -> Path:
    """The artifact of that name that was written last."""
    return max(work.rglob(name), key=lambda path: path.stat().st_mtime)


def write(
    given: argparse.Namespace,
    seen: dict[str, float],
    commands: dict[str, dict[str, float]],
    report: dict[str, Any],
) -> None:
    """The result as JSON, and a table for a terminal."""
    checks = {f["name"]: round(float(f["seconds"]), 2) for f in report["findings"]}
    rest = sum(s for name, s in checks.items() if name not in APART)
    told = {
        "accounts": given.accounts,
        "division": given.division,
        **seen,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "commands": commands,
        "checks_wall_s": dict(sorted(checks.items(), key=lambda c: -c[1])),
        "budgets": {
            "audit_wall_s": [commands["gauntlet"]["wall_s"], MOST_SECONDS],
            "without_two_in_training_runs": [
                round(rest / commands["train"]["wall_s"], 2), MOST_RUNS
            ],
        },
    }  # fmt: skip
    (HERE / "result.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
