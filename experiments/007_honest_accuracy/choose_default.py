"""Choose the default estimator on out-of-fold rows of training panels; no forward row is read."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from gosales.core.columns import IS_OWNER
from gosales.core.errors import DegenerateError
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.fold import FoldPlan
from gosales.features.panel import Panel
from gosales.labels.target import Target

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "006_plain_baseline")]
from logs import LOGS, Log  # noqa: E402
from panels import OpenLog  # noqa: E402
from pooled_auc import PooledAuc  # noqa: E402

BOOT = CustomerBootstrap(replicates=1000)
REFERENCE = "lgbm, 100 rounds (old default)"
_OLD_TREES = ("n_estimators=100", "feature_fraction=0.5")


def _trees(estimator: str, where: str = "estimator") -> list[str]:
    return [f"estimator={estimator}", *(f"{where}.{setting}" for setting in _OLD_TREES)]


# Name and overrides. What is not said is the default of conf/estimator.
CANDIDATES = {
    REFERENCE: _trees("lgbm"),
    "lgbm_monotone, 100 rounds": _trees("lgbm_monotone"),
    "lgbm, 60 rounds": ["estimator=lgbm", "estimator.feature_fraction=0.5"],
    "lgbm_monotone, 60 rounds, a third of the columns": ["estimator=lgbm_monotone"],
    "logreg C 0.01 (old default)": ["estimator=logreg", "estimator.C=0.01"],
    "logreg C 0.003": ["estimator=logreg"],
    "blend of the old trees and logreg C 0.003": _trees("blend", "estimator.members.trees"),
    "blend (default)": ["estimator=blend"],
}
DEFAULT = "blend (default)"
COLUMNS = (REFERENCE, "logreg C 0.003", "blend of the old trees and logreg C 0.003")


def study(log: Log, names: Sequence[str], work: Path) -> dict[str, object]:
    """Pooled out-of-fold AUC of every candidate on one log, and the differences that count."""
    opened = OpenLog.of(log, {n: CANDIDATES[n] for n in names}, work)
    train_at = opened.train_at
    built = opened.panels(train_at)
    pools = {p: PooledAuc(BOOT) for p in ("whitespace", "all")}
    schemes, left_out = set(), []
    for target in opened.targets:
        panel = built.pop(target.key).labelled()
        start = time.perf_counter()
        try:
            plan = opened.candidate(names[0], target).plan(panel)
            held = {n: _held_out(opened, n, target, panel, plan) for n in names}
        except DegenerateError as error:
            left_out.append(f"{target.name} ({error.reason_code})")
            continue
        print(f"{log.name} {target.name}: {time.perf_counter() - start:.0f} s", flush=True)
        schemes.add(plan.scheme)
        seen = np.isfinite(held[names[0]])
        new = ~panel.rows[IS_OWNER].to_numpy(dtype=bool)
        for name, mask in (("whitespace", seen & new), ("all", seen)):
            scores = {n: h[mask] for n, h in held.items()}
            pools[name].add(panel.groups[mask], panel.y[mask], scores)
    return {
        "training cutoffs": [str(c) for c in train_at],
        "folds": sorted(schemes),
        "divisions left out": left_out,
        "pooled": {p: pool.compare(COLUMNS) for p, pool in pools.items()},
    }


def _held_out(
    opened: OpenLog, name: str, target: Target, panel: Panel, plan: FoldPlan
) -> np.ndarray:
    """Raw out-of-fold scores, shape (n,), NaN where a row is never validated.

    Notes
    -----
    One fit a fold: a calibrator keeps the order within a fold, and its inner folds would make the
    study four times as long.
    """
    candidate = opened.candidate(name, target)
    out = np.full(len(panel), np.nan)
    for fold in plan.folds:
        out[fold.valid] = candidate.fit_fixed(panel, fold).scores
    return out


def verdict(result: dict[str, dict[str, object]]) -> dict[str, object]:
    """Which candidate is ahead on whitespace, by log and on the mean over logs."""
    by_log = {
        log: {row["ranker"]: row["pooled"][0] for row in found["pooled"]["whitespace"]}  # type: ignore[index]
        for log, found in result.items()
    }
    names = [n for n in CANDIDATES if all(n in found for found in by_log.values())]
    mean = {n: round(float(np.mean([found[n] for found in by_log.values()])), 4) for n in names}
    return {
        "best by log": {log: max(found, key=found.__getitem__) for log, found in by_log.items()},
        "mean over logs": mean,
        "best on the mean": max(mean, key=mean.__getitem__),
        "default": DEFAULT,
    }


def main() -> None:
    """The logs asked for; those of an earlier run stay."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logs", nargs="*", default=list(LOGS))
    parser.add_argument("--work", type=Path, help="keep the feature cache here")
    asked = parser.parse_args()
    file = HERE / "selection.json"
    done = json.loads(file.read_text(encoding="utf-8"))["logs"] if file.is_file() else {}
    for name in asked.logs:
        with tempfile.TemporaryDirectory() as folder:
            done[name] = study(LOGS[name], list(CANDIDATES), asked.work or Path(folder))
        found = {"verdict": verdict(done), "logs": done}
        file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found["verdict"], indent=1))


if __name__ == "__main__":
    main()
