"""Estimate the shift sparse divisions are drawn towards, and whether that helps rows held out."""

from __future__ import annotations

import argparse
import json
import os
import pickle
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from held_rows import dense_rows, forward_rows, thinned_rows
from logs import LOGS, Log
from shift_pool import Held, Shift, ShiftPool

from gosales.core.errors import DataError
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.models.calibrators.intercept import Intercept
from gosales.models.logistic import clipped

HERE = Path(__file__).resolve().parent
BOOT = CustomerBootstrap(replicates=1000)
# Divisions whose own shift says something; below it they are the ones the pool is for (METHODS 6).
ENOUGH = 30
# Weights tried for the mean shift; the least log loss on the first half of the sparse worlds wins.
GRID = (2.0, 5.0, 10.0, 20.0)
REAL = ("online_retail_ii", "adventureworks_reseller")
THINNED, DRAWS = (10, 20), 3
T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """One fit on few positives, and rows it never saw."""

    learned: Held
    judged: Held


def kept(path: Path, make: Callable[[], T]) -> T:
    """What an earlier run of this study left in its working folder, else made and left there."""
    if not path.is_file():
        path.write_bytes(pickle.dumps(make()))
    found: T = pickle.loads(path.read_bytes())
    return found


def world(seed: int, accounts: int) -> tuple[str, Log]:
    """A world of its own."""
    told = (f"data.world.n_accounts={accounts}", f"data.world.seed={seed}", f"seed={seed}")
    return f"world {seed}, {accounts} accounts", Log("world", LOGS["world"].cutoff, overrides=told)


def dense_logs(worlds: int, accounts: int, work: Path) -> dict[str, list[Held]]:
    """Inner out-of-fold rows of some worlds and the real logs, by log."""
    logs = dict(world(seed, accounts) for seed in range(1, worlds + 1))
    logs |= {name: LOGS[name] for name in REAL}
    out = {}
    for name, log in logs.items():
        try:
            out[name] = kept(work / f"{name}.dense", lambda n=name, g=log: dense_rows(g, n, work))  # type: ignore[misc]
        except DataError as error:
            print(f"{name} skipped: {error}", flush=True)
    return out


def sparse_worlds(seeds: Sequence[int], accounts: int, work: Path) -> list[Case]:
    """Divisions of small worlds with too few positive accounts, judged on their forward rows."""
    cases: list[Case] = []
    for name, log in (world(seed, accounts) for seed in seeds):
        pairs = kept(work / f"{name}.sparse", lambda n=name, g=log: forward_rows(g, n, work))  # type: ignore[misc]
        cases += [Case(*p) for p in pairs if p[0].positive_accounts < ENOUGH]
    return cases


def thinned(name: str, work: Path) -> list[tuple[int, Case]]:
    """Divisions of a real log refitted on a sample of accounts, judged on the other accounts."""
    found = kept(
        work / f"{name}.thinned", lambda: thinned_rows(LOGS[name], name, work, THINNED, DRAWS)
    )
    return [(n, Case(*pair)) for n, *pair in found]


def shifts(logs: Mapping[str, list[Held]], but: str = "") -> list[Shift]:
    """Of the divisions with enough positive accounts, of all logs but one."""
    return [
        Shift.of(held)
        for name, rows in logs.items()
        for held in rows
        if name != but and held.positive_accounts >= ENOUGH
    ]


def change(case: Case, pooled: Intercept, names: np.ndarray) -> np.ndarray:
    """Per account: log loss and squared error with the pool minus without, and its rows."""
    y, found = case.judged.y, []
    for calibrator in (Intercept(), pooled):
        fitted = calibrator.fit(case.learned.p, case.learned.y, None)
        q = clipped(fitted.predict(case.judged.p))
        log_loss = -(y * np.log(q) + (1.0 - y) * np.log1p(-q))
        found.append(np.stack([log_loss, (q - y) ** 2]))
    at = np.searchsorted(names, case.judged.account)
    rows = (*(found[1] - found[0]), np.ones(len(y)))
    return np.stack([np.bincount(at, weights=v, minlength=len(names)) for v in rows], axis=1)


def compared(cases: Sequence[Case], pooled: Intercept) -> dict[str, object]:
    """Mean over cases of the change of loss, x 10^4; the accounts of a log resampled together."""
    point, drawn = [], []
    for log in sorted({c.judged.log for c in cases}):
        mine = [c for c in cases if c.judged.log == log]
        names = np.unique(np.concatenate([c.judged.account for c in mine]))
        counts = np.concatenate(list(BOOT.counts(len(names), log)))
        for case in mine:
            sums = change(case, pooled, names)
            point.append(sums[:, :2].sum(axis=0) / sums[:, 2].sum())
            weighed = counts @ sums
            drawn.append(weighed[:, :2] / np.maximum(weighed[:, 2:], 1.0))
    mean, spread = np.mean(point, axis=0), np.mean(drawn, axis=0)
    out: dict[str, object] = {
        "cases": len(point),
        "better with the pool": int(sum(p[0] < 0 for p in point)),
    }
    for i, name in enumerate(("log loss", "Brier")):
        values = (mean[i], *np.quantile(spread[:, i], [0.025, 0.975]))
        out[f"{name} x 10^4"] = [round(float(v) * 1e4, 2) for v in values]
    return out


def by_division(cases: Sequence[Case], pooled: Intercept) -> dict[str, object]:
    """All cases; those of the division that is no longer sold; all others."""
    gone = [c for c in cases if c.judged.division == "CAMWorks"]
    others = [c for c in cases if c.judged.division != "CAMWorks"]
    parts = {"all": cases, "CAMWorks (discontinued)": gone, "all others": others}
    return {name: compared(part, pooled) for name, part in parts.items()}


def study(
    logs: dict[str, list[Held]], tried: list[Case], fresh: list[Case], work: Path
) -> dict[str, object]:
    """The pool by two estimators, the weight that serves sparse divisions, and its proof."""
    known = shifts(logs)
    by_weight, by_count = ShiftPool.weighted(known), ShiftPool.unweighted(known)
    grid = {k: compared(tried, Intercept(by_count.mean, k)) for k in GRID}
    best = min(GRID, key=lambda k: grid[k]["log loss x 10^4"][0])  # type: ignore[index]
    arms = {
        "DerSimonian-Laird": Intercept(by_weight.mean, by_weight.information),
        "Hedges-Olkin": Intercept(by_count.mean, by_count.information),
        "chosen": Intercept(by_count.mean, best),
    }
    out: dict[str, object] = {
        "DerSimonian-Laird": by_weight.told(),
        "Hedges-Olkin": by_count.told(),
        "Hedges-Olkin by log": {
            n: ShiftPool.unweighted(shifts({n: rows})).told() for n, rows in logs.items()
        },
        "weights tried on the first half of the sparse worlds": grid,
        "chosen": {"pooled_shift": round(by_count.mean, 4), "pooled_information": best},
        "sparse worlds, first half": {n: by_division(tried, a) for n, a in arms.items()},
        "sparse worlds, second half": {n: by_division(fresh, a) for n, a in arms.items()},
    }
    for name in (n for n in REAL if n in logs):
        # Drawn towards the mean of all other logs.
        other = ShiftPool.unweighted(shifts(logs, but=name))
        cases = thinned(name, work)
        out[f"{name}, pool without it"] = other.told()
        for n in THINNED:
            mine = [c for size, c in cases if size == n]
            out[f"{name} thinned to {n} positive accounts"] = {
                "Hedges-Olkin": compared(mine, Intercept(other.mean, other.information)),
                "chosen": compared(mine, Intercept(other.mean, best)),
            }
    out["divisions"] = [_told(held) for rows in logs.values() for held in rows]
    return out


def _told(held: Held) -> dict[str, object]:
    shift = Shift.of(held)
    return {
        "log": held.log,
        "division": held.division,
        "positive accounts": held.positive_accounts,
        "shift": round(shift.value, 3),
        "standard error": round(shift.variance**0.5, 3),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=2500)
    parser.add_argument("--worlds", type=int, default=5)
    parser.add_argument("--sparse-accounts", type=int, default=500)
    parser.add_argument("--sparse-worlds", type=int, default=20, help="per half")
    parser.add_argument("--work", type=Path, help="keep star, cache and rows here")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place: Path = asked.work or Path(folder)
        halves = [
            sparse_worlds(range(s, s + asked.sparse_worlds), asked.sparse_accounts, place)
            for s in (101, 201)
        ]
        dense = dense_logs(asked.worlds, asked.accounts, place)
        result = {
            "accounts": asked.accounts,
            "worlds": asked.worlds,
            **study(dense, *halves, place),
        }
    (HERE / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({k: v for k, v in result.items() if k != "divisions"}, indent=1))
