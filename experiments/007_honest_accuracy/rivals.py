"""Hold the default against BG/NBD, featuretools and AutoML, on the same rows."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
from run import BOOT, HERE, Division, divisions, shared

from gosales.core.columns import CUSTOMER

sys.path[:0] = [str(HERE.parent / "006_plain_baseline")]
from logs import LOGS, Log  # noqa: E402
from panels import OpenLog  # noqa: E402
from plain_baseline import TRAIN_BACK_WINDOWS, months_later  # noqa: E402
from pooled_auc import PooledAuc  # noqa: E402

OURS = "blend"
# Each in an environment of its own, made from the registry; what cannot be had is skipped.
PACKAGES = {
    "bgnbd": ["lifetimes==0.11.3", "pyarrow"],
    "featuretools_lgb": ["featuretools==1.31.0", "pandas==2.2.3", "pyarrow", "lightgbm"],
    "automl": ["flaml[automl]==2.7.0", "pandas==2.2.3", "pyarrow"],
}
EVERYWHERE = ("bgnbd",)


def environment(name: str, folder: Path) -> tuple[str, str]:
    """An interpreter with the packages, made once; or why there is none."""
    python, sealed = folder / name / "bin" / "python", folder / name / "complete"
    if not sealed.is_file():
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder / name)],
            [str(python), "-m", "pip", "install", "--quiet", *PACKAGES[name]],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                last = (done.stderr.splitlines() or ["no message"])[-1][:200]
                return "", f"cannot be installed: {last}"
        sealed.touch()
    return str(python), ""


def job(log: Log, measured: list[Division], work: Path, seconds: float) -> dict[str, Any]:
    """What a contender is told: lines, roster, cutoffs, divisions, and how long ours took."""
    star = OpenLog.of(log, {OURS: [f"estimator={OURS}"]}, work).star
    lines, roster = work / "lines.parquet", work / "roster.parquet"
    log.lines(star, shared()).to_parquet(lines, index=False)
    measured[0].forward.rows[[CUSTOMER]].to_parquet(roster, index=False)
    cutoff = pd.Timestamp(log.cutoff)
    back = [months_later(cutoff, -k * log.horizon_months) for k in TRAIN_BACK_WINDOWS]
    return {
        "lines": str(lines),
        "roster": str(roster),
        "cutoff": log.cutoff,
        "cutoffs": [str(d.date()) for d in (*back, cutoff)],
        "end": str(months_later(cutoff, log.horizon_months).date()),
        "horizon_months": log.horizon_months,
        "divisions": [d.name for d in measured],
        "seconds": seconds,
    }


def contend(name: str, told: dict[str, Any], work: Path, environments: Path) -> dict[str, Any]:
    """Scores of one contender by division, with its notes; or why there are none."""
    python, why = environment(name, environments)
    if why:
        return {"skipped": why}
    file = work / f"{name}.json"
    told = {**told, "scores": str(work / f"{name}.parquet"), "notes": str(work / f"{name}.notes")}
    file.write_text(json.dumps(told), encoding="utf-8")
    script = HERE / "contenders" / f"{name}.py"
    start = time.perf_counter()
    done = subprocess.run(
        [python, str(script), str(file)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": "", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    if done.returncode:
        return {"skipped": f"failed: {(done.stderr.splitlines() or ['no message'])[-1][:200]}"}
    scores = pd.read_parquet(told["scores"]).set_index(["division", "customer_id"])["score"]
    notes = json.loads(Path(told["notes"]).read_text(encoding="utf-8"))
    return {"scores": scores, "seconds": round(time.perf_counter() - start, 1), "notes": notes}


def study(log: Log, names: list[str], work: Path, environments: Path) -> dict[str, Any]:
    """One log: fit ours, let the others fit, pool the pairs."""
    start = time.perf_counter()
    found = [d for d in divisions(log, [OURS], False, work) if d.baseline and OURS in d.found]
    seconds = round(time.perf_counter() - start, 1)
    told = job(log, found, work, seconds)
    met = {n: contend(n, told, work, environments) for n in names}
    out: dict[str, Any] = {
        "ours, seconds for panels and fits": seconds,
        "contenders": {n: {k: v for k, v in m.items() if k != "scores"} for n, m in met.items()},
    }
    for name, one in met.items():
        if "scores" in one:
            out[f"against {name}"] = paired(found, name, one["scores"])
    return out


def paired(found: list[Division], name: str, scores: pd.Series) -> dict[str, Any]:
    """Pooled AUC of all rankers where the contender has scores, and ours minus each of them."""
    pools = {p: PooledAuc(BOOT) for p in ("whitespace", "owners", "all")}
    scored = set(scores.index.get_level_values("division"))
    for division in (d for d in found if d.name in scored):
        rows, y, ws = division.forward.rows, division.forward.y, division.whitespace
        theirs = scores.loc[division.name].reindex(rows[CUSTOMER]).to_numpy(dtype=float)
        every = {OURS: division.scores()[OURS], name: theirs, "naive": division.scores()["naive"]}
        for population, mask in (("whitespace", ws), ("owners", ~ws), ("all", ws | ~ws)):
            some = {k: s[mask] for k, s in every.items()}
            pools[population].add(division.forward.groups[mask], y[mask], some)
    return {
        "divisions": len(scored),
        **{p: pool.compare((name, "naive")) for p, pool in pools.items()},
    }


def main() -> None:
    """The logs asked for; those of an earlier run stay."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logs", nargs="*", default=list(LOGS))
    parser.add_argument("--work", type=Path, help="keep the feature cache here")
    parser.add_argument("--environments", type=Path, help="keep the environments here")
    asked = parser.parse_args()
    file = HERE / "rivals.json"
    result = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    with tempfile.TemporaryDirectory() as scratch:
        environments = asked.environments or Path(scratch) / "environments"
        for name in asked.logs:
            work = asked.work or Path(scratch) / name
            work.mkdir(parents=True, exist_ok=True)
            # Equal time is asked for where the machine can afford it: the smallest log.
            names = list(PACKAGES) if name == "adventureworks_reseller" else list(EVERYWHERE)
            result[name] = study(LOGS[name], names, work, environments)
            file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
            print(json.dumps(result[name], indent=1), flush=True)


if __name__ == "__main__":
    main()
