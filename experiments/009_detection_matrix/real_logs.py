"""Audit every division of the three real logs and list each verdict with what closed it."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gosales.gauntlet.zoo.rate import Rate

HERE = Path(__file__).resolve().parent
_LOGS: Final = {
    "online_retail_ii": ["cutoff.date=2011-06-08"],
    "adventureworks_reseller": ["cutoff.date=2019-11-30"],
    "completejourney": [
        "cutoff.date=2017-10-31", "label.horizon_months=2", "cv.training.step_months=1",
        "cv.training.min_train_history_months=3",
    ],
}  # fmt: skip
_SHORT: Final = ("FAIL", "ERROR", "INCONCLUSIVE")


def main() -> None:
    """Run the pipeline of each log that is at hand and write ``real_logs.csv``."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--work", type=Path, default=Path(".gosales/real_logs"), help="runs go here")
    asked.add_argument("--logs", nargs="*", default=list(_LOGS), choices=list(_LOGS))
    asked.add_argument("--finished-only", action="store_true", help="report what is on file")
    given = asked.parse_args()
    rows: list[dict[str, Any]] = []
    for log in given.logs:
        work = (given.work / log).absolute()
        if not given.finished_only:
            _audit(log, work)
        found = list(_verdicts(log, work))
        print(f"{log}: {len(found)} audits", flush=True)
        rows += found
    table = pd.DataFrame(rows).sort_values(["log", "division"], ignore_index=True)
    table.to_csv(HERE / "real_logs.csv", index=False)
    print(table.groupby(["log", "verdict"]).size().to_string())
    print("a leak FAIL:", Rate.of(table["leak"].ne("")))


def _audit(log: str, work: Path) -> None:
    work.mkdir(parents=True, exist_ok=True)
    arguments = ["pipeline", f"data={log}", "divisions=[all]", "cutoff=any", *_LOGS[log]]
    command = [sys.executable, "-c", "from gosales.cli.main import main; main()", *arguments]
    done = subprocess.run(command, cwd=work, check=False, env={**os.environ})
    if done.returncode > 1:  # a closed gate is an answer, an error is none
        raise SystemExit(f"{log}: exit code {done.returncode}")


def _verdicts(log: str, work: Path) -> Iterator[dict[str, Any]]:
    """One row per report; of several about one division the newest."""
    paths = sorted(work.rglob("gauntlet_report.json"), key=lambda path: path.stat().st_mtime)
    newest = {}
    for path in paths:
        report = json.loads(path.read_text(encoding="utf-8"))
        newest[report["target"]] = report
    for target, report in newest.items():
        closed = {
            (f["subject"] if f["outcome"] == "FAIL" else f["outcome"], f["name"])
            for f in report["findings"]
            if f["outcome"] in _SHORT
        }
        told = {kind: " ".join(sorted(n for k, n in closed if k == kind)) for kind, _ in closed}
        yield {
            "log": log,
            "division": target,
            "cutoff": report["cutoff"],
            "checks": len(report["findings"]),
            "verdict": report["verdict"]["status"],
            "leak": told.get("leak", ""),
            "quality": told.get("quality", ""),
            "inconclusive": told.get("INCONCLUSIVE", ""),
            "error": told.get("ERROR", ""),
        }


if __name__ == "__main__":
    main()
