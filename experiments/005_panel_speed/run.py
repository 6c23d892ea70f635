"""Measure the feature panel of this project beside pandas, featuretools and bare SQL."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from child import watched  # noqa: E402
from figures import draw  # noqa: E402
from log_maker import make_log  # noqa: E402

RESULT = HERE / "result.json"
OURS = "gosales_panel.py"
SCRIPTS = {
    "gosales_ingest": (OURS, "ingest"),
    "gosales": (OURS, "shared"),
    "gosales_cached": (OURS, "shared_cached"),
    "gosales_library": (OURS, "library"),
    "gosales_library_cached": (OURS, "library_cached"),
    "duckdb_sql": ("duckdb_sql.py",),
    "pandas_groupby": ("pandas_groupby.py",),
    "numpy_grid": ("numpy_grid.py",),
    "featuretools": ("featuretools_matrix.py",),
}
# Everybody's totals are held against these.
REFERENCE = "duckdb_sql"
SAME = 1e-6


def main() -> None:
    cfg = yaml.safe_load((HERE / "config.yaml").read_text(encoding="utf-8"))
    asked = arguments(cfg)
    settings = {**cfg, "lines": asked.lines, "contenders": asked.contenders}
    if asked.repeats:
        settings["repeats"] = dict.fromkeys(asked.lines, asked.repeats)
    result = fresh(settings)
    if asked.keep and RESULT.is_file():
        earlier = json.loads(RESULT.read_text(encoding="utf-8"))
        result["runs"] = earlier["runs"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.scratch or Path(scratch)
        for lines in asked.lines:
            measure_size(settings, lines, folder, result)
    print(json.dumps({"growth": result["growth"], "budgets": result["budgets"]}, indent=1))


def arguments(cfg: dict[str, Any]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=cfg["lines"])
    parser.add_argument(
        "--contenders", nargs="+", default=cfg["contenders"], choices=cfg["contenders"]
    )
    parser.add_argument("--repeats", type=int, help="instead of the configured ones")
    parser.add_argument("--keep", action="store_true", help="add to the result that is there")
    parser.add_argument("--scratch", type=Path, help="keep logs, stars and environments here")
    return parser.parse_args()


def fresh(settings: dict[str, Any]) -> dict[str, Any]:
    return {
        "settings": settings,
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "duckdb": version("duckdb"),
            "pandas": version("pandas"),
            "ibis": version("ibis-framework"),
        },
        "runs": {},
        "growth": {},
        "agreement": {},
        "budgets": [],
    }


def measure_size(
    settings: dict[str, Any], lines: int, scratch: Path, result: dict[str, Any]
) -> None:
    """Every contender at one size, in turns; the result is written after each run."""
    work = scratch / str(lines)
    work.mkdir(parents=True, exist_ok=True)
    log = work / "log.parquet"
    if not log.is_file():
        make_log(settings, lines, log)
    print(f"{lines:,} lines", flush=True)
    job = work / "job.json"
    told = {"settings": settings, "log": str(log), "work": str(work)}
    job.write_text(json.dumps(told), encoding="utf-8")
    for contender in settings["contenders"]:
        result["runs"].setdefault(contender, {}).pop(str(lines), None)
    for turn in range(settings["repeats"].get(lines, 1)):
        for contender in settings["contenders"]:
            found = result["runs"][contender].setdefault(
                str(lines), {"wall_s": [], "cpu_s": [], "peak_gb": [], "load_before": []}
            )
            slow = any(s > settings["repeat_below_s"] for s in found["wall_s"])
            if turn and (slow or "failed" in found or "skipped" in found):
                continue
            if contender in ("gosales_ingest", "gosales", "gosales_library"):
                forget(work, contender)
            load = round(os.getloadavg()[0], 1)
            once = one_run(settings, contender, job, scratch)
            add(found, once, load)
            said = once.get("failed") or once.get("skipped") or once["wall_s"]
            print(f"  {turn} {contender}: {said}", flush=True)
            conclude(result)


def one_run(settings: dict[str, Any], contender: str, job: Path, scratch: Path) -> dict[str, Any]:
    python = sys.executable
    if contender == "featuretools":
        python, why = environment(settings["featuretools"], scratch / "featuretools")
        if why:
            return {"skipped": why}
    script, *words = SCRIPTS[contender]
    command = [python, str(HERE / "contenders" / script), str(job), *words]
    return watched(command, settings["timeout_s"], settings["memory_gb"])


def environment(packages: list[str], folder: Path) -> tuple[str, str]:
    """An interpreter with the packages, made once; or why there is none."""
    python, sealed = folder / "bin" / "python", folder / "complete"
    if not sealed.is_file():
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(python), "-m", "pip", "install", "--quiet", *packages],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                last = (done.stderr.splitlines() or ["no message"])[-1][:200]
                return "", f"cannot be installed: {last}"
        sealed.touch()
    return str(python), ""


def forget(work: Path, contender: str) -> None:
    """What a contender that is to compute everything anew left behind: a cache, or the star."""
    left = {"gosales_ingest": "gosales", "gosales_library": "gosales_library"}
    shutil.rmtree(work / left.get(contender, "gosales_shared"), ignore_errors=True)


def add(found: dict[str, Any], once: dict[str, Any], load: float) -> None:
    for reason in ("failed", "skipped"):
        if reason in once:
            found[reason] = once[reason]
            return
    for name in ("wall_s", "cpu_s"):
        found[name].append(once[name])
    # What the kernel saw at most, and what was seen while watching, children included.
    found["peak_gb"].append(max(once["peak_gb"], once["process_peak_gb"]))
    found["load_before"].append(load)
    for name in ("rows", "columns", "totals"):
        if name in once:
            found[name] = once[name]


def conclude(result: dict[str, Any]) -> None:
    """Everything that follows from the runs so far, and the files."""
    runs = result["runs"]
    result["growth"] = {name: growth(sizes) for name, sizes in runs.items()}
    result["agreement"] = {name: agreement(runs, name) for name in runs if name != REFERENCE}
    result["budgets"] = [judged(budget, runs) for budget in result["settings"]["budgets"]]
    scratch = RESULT.with_suffix(".tmp")
    scratch.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    scratch.replace(RESULT)
    draw(result, HERE)


def growth(sizes: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Exponent of wall time from each size to the next: 1 is linear."""
    points = sorted(
        (int(n), statistics.median(f["wall_s"])) for n, f in sizes.items() if f["wall_s"]
    )
    return {
        f"{a:,} to {b:,}": round(math.log(y / x) / math.log(b / a), 2)
        for (a, x), (b, y) in pairwise(points)
    }


def agreement(runs: dict[str, Any], name: str) -> dict[str, Any]:
    """How many sums and counts equal those of the reference, by size, and which do not."""
    found = {}
    for lines, mine in runs[name].items():
        theirs = runs.get(REFERENCE, {}).get(lines, {}).get("totals")
        totals = mine.get("totals")
        if not theirs or not totals:
            continue
        # An earlier result that was kept may lack a column.
        off = [
            k
            for k, v in theirs.items()
            if k not in totals or abs(totals[k] - v) > SAME * max(abs(v), 1.0)
        ]
        found[lines] = {"totals": len(theirs), "equal": len(theirs) - len(off), "off": off}
    return found


def judged(budget: dict[str, Any], runs: dict[str, Any]) -> dict[str, Any]:
    """A budget with the measured values; ``met`` is null where it was not measured."""
    mine = runs.get(budget["contender"], {})
    found = mine.get(str(budget["lines"]), {})
    values: dict[str, float] = {}
    limits = {k: budget[k] for k in ("wall_s", "peak_gb", "times_smaller") if k in budget}
    for name in ("wall_s", "peak_gb"):
        if name in limits and found.get(name):
            values[name] = statistics.median(found[name])
    smaller = mine.get(str(budget["lines"] // 10), {})
    if "times_smaller" in limits and found.get("wall_s") and smaller.get("wall_s"):
        ratio = statistics.median(found["wall_s"]) / statistics.median(smaller["wall_s"])
        values["times_smaller"] = round(ratio, 2)
    met = all(values[k] <= v for k, v in limits.items()) if len(values) == len(limits) else None
    return {**budget, "measured": values, "met": met}


if __name__ == "__main__":
    main()
