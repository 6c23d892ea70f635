"""Choose settings on worlds, confirm them on two real logs; out-of-fold rows only."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from grids import CHOICES, FAMILIES, Choice
from out_of_fold import HeldOut, held_out

from gosales.core.errors import DataError
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.models.logistic import clipped

from logs import LOGS, Log  # isort: skip
from pooled_auc import PooledAuc  # isort: skip

HERE = Path(__file__).resolve().parent
BOOT = CustomerBootstrap(replicates=1000)
REAL = ("online_retail_ii", "adventureworks_reseller")
WORLDS = (11, 12)


def shipped(family: str) -> Choice:
    """What ``conf/estimator`` holds today."""
    return next(c for c in CHOICES if c.family == family and c.is_shipped)


def losses(rows: Sequence[HeldOut], choices: Sequence[Choice]) -> dict[Choice, np.ndarray]:
    """Mean over divisions of the log loss, shape (1 + replicates,); first the data as they are."""
    found: dict[Choice, list[np.ndarray]] = {c: [] for c in choices}
    for log in sorted({r.log for r in rows}):
        mine = [r for r in rows if r.log == log]
        names = np.unique(np.concatenate([r.account for r in mine]))
        counts = [np.ones((1, len(names)), dtype=np.int32), *BOOT.counts(len(names), log)]
        weights = np.concatenate(counts).astype("float64")
        for r in mine:
            at = np.searchsorted(names, r.account)
            columns = [np.ones(len(at)), *(_log_loss(r, c) for c in choices)]
            sums = [np.bincount(at, weights=v, minlength=len(names)) for v in columns]
            drawn = weights @ np.stack(sums, axis=1)
            for i, c in enumerate(choices, start=1):
                found[c].append(drawn[:, i] / drawn[:, 0])
    return {c: np.mean(v, axis=0) for c, v in found.items()}


def _log_loss(rows: HeldOut, choice: Choice) -> np.ndarray:
    q = clipped(rows.p[choice])
    loss: np.ndarray = -np.where(rows.y == 1.0, np.log(q), np.log1p(-q))
    return loss


def interval(values: np.ndarray, scale: float = 1.0) -> list[float]:
    """Value, lower and upper bound."""
    lo, hi = np.quantile(values[1:], [0.025, 0.975])
    return [round(float(v) * scale, 4) for v in (values[0], lo, hi)]


def aucs(rows: Sequence[HeldOut], choices: Sequence[Choice], rival: Choice) -> dict[str, object]:
    """Pooled over divisions: AUC of each choice, and minus the rival."""
    out: dict[str, object] = {}
    for population in ("all", "whitespace"):
        pool = PooledAuc(BOOT)
        for r in rows:
            mask = r.whitespace if population == "whitespace" else np.ones(len(r.y), dtype=bool)
            # Worlds share the names of their accounts, not the accounts.
            account = np.char.add(f"{r.log} ", r.account[mask])
            pool.add(account, r.y[mask], {c.name: r.p[c][mask] for c in choices})
        out[population] = {
            row["ranker"]: {
                "AUC": row["pooled"],
                f"minus {rival.name}": row.get(f"pooled minus {rival.name}"),
            }
            for row in pool.compare((rival.name,))
        }
    return out


def chosen(rows: Sequence[HeldOut]) -> dict[str, tuple[Choice, Choice]]:
    """Per family the choice of the least log loss and the runner-up."""
    point = {c: float(v[0]) for c, v in losses(rows, CHOICES).items()}
    ranked = {
        f: sorted((c for c in CHOICES if c.family == f), key=point.__getitem__) for f in FAMILIES
    }
    return {f: (best[0], best[1]) for f, best in ranked.items()}


def of_worlds(rows: Sequence[HeldOut]) -> dict[str, object]:
    """Every candidate on the worlds, by family, beside what is shipped; negative is better."""
    found = losses(rows, CHOICES)
    out: dict[str, object] = {}
    for family in FAMILIES:
        mine = [c for c in CHOICES if c.family == family]
        own = found[shipped(family)]
        out[family] = {
            c.name: {
                "log loss": round(float(found[c][0]), 5),
                "minus shipped x 10^4": interval(found[c] - own, 1e4),
            }
            for c in sorted(mine, key=lambda c: float(found[c][0]))
        }
    return out


def confirmed(
    rows: Sequence[HeldOut], family: str, pair: tuple[Choice, Choice]
) -> dict[str, object]:
    """Chosen, runner-up and shipped on some log."""
    own = shipped(family)
    choices = list(dict.fromkeys((own, *pair)))
    found = losses(rows, choices)
    return {
        "log loss": {c.name: round(float(found[c][0]), 5) for c in choices},
        "minus shipped x 10^4": {c.name: interval(found[c] - found[own], 1e4) for c in choices},
        "chosen minus runner-up x 10^4": interval(found[pair[0]] - found[pair[1]], 1e4),
        "AUC": aucs(rows, choices, own),
        "divisions": len(rows),
        "folds": sorted({r.scheme for r in rows}),
    }


def families(rows: Sequence[HeldOut]) -> dict[str, object]:
    """The shipped settings of every family beside the blend, which is the default estimator."""
    choices, default = [shipped(f) for f in FAMILIES], shipped("blend")
    found = losses(rows, choices)
    return {
        "log loss": {c.name: round(float(found[c][0]), 5) for c in choices},
        "minus blend x 10^4": {c.name: interval(found[c] - found[default], 1e4) for c in choices},
        "AUC": aucs(rows, choices, default),
    }


def verdict(result: dict[str, dict[str, object]], family: str, best: Choice) -> str:
    """Change only what is clearly better on the worlds and not worse on any real log."""
    if best.is_shipped:
        return "keep: nothing tried has a smaller log loss on the worlds"
    change = {log: found["minus shipped x 10^4"][best.name] for log, found in result.items()}  # type: ignore[call-overload, index]
    if change["worlds"][2] >= 0.0:
        return f"keep: {best.name} is not told from it on the worlds"
    worse = [log for log, c in change.items() if c[1] > 0.0]
    return (
        f"keep: {best.name} is worse on {', '.join(worse)}" if worse else f"change to {best.name}"
    )


def main() -> None:
    """Worlds, then the real logs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=2500)
    parser.add_argument("--worlds", type=int, nargs="+", default=WORLDS, help="seeds")
    parser.add_argument("--work", type=Path, help="keep star and feature cache here")
    asked = parser.parse_args()
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        work: Path = asked.work or Path(folder)
        rows: list[HeldOut] = []
        for seed in asked.worlds:
            told = (
                f"data.world.n_accounts={asked.accounts}",
                f"data.world.seed={seed}",
                f"seed={seed}",
            )
            log = Log("world", LOGS["world"].cutoff, overrides=told)
            rows += held_out(log, f"world {seed}", CHOICES, work)
        pairs = chosen(rows)
        logs = {"worlds": rows}
        few = list(dict.fromkeys(c for f, pair in pairs.items() for c in (shipped(f), *pair)))
        for name in REAL:
            try:
                logs[name] = list(held_out(LOGS[name], name, few, work))
            except DataError as error:
                print(f"{name} skipped: {error}", flush=True)
    by_family = {
        f: {log: confirmed(r, f, pair) for log, r in logs.items()} for f, pair in pairs.items()
    }
    result = {
        "accounts": asked.accounts, "world seeds": list(asked.worlds),
        "verdict": {f: verdict(by_family[f], f, pair[0]) for f, pair in pairs.items()},
        "chosen, runner-up": {f: [c.name for c in pair] for f, pair in pairs.items()},
        "confirmed": by_family,
        "families": {log: families(r) for log, r in logs.items()},
        "worlds": of_worlds(rows),
        "processor seconds": round(time.process_time() - start),
    }  # fmt: skip
    (HERE / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({k: v for k, v in result.items() if k != "worlds"}, indent=1))


if __name__ == "__main__":
    main()
