"""Hold the candidates against the plain baseline, on the same rows, in one run."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, IS_OWNER, NAIVE_COUNT
from gosales.core.errors import ConfigError, DegenerateError
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.cross_validation import cross_validate
from gosales.evaluation.forward import evaluate
from gosales.evaluation.metric_table import MetricTable
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.brier import Brier
from gosales.evaluation.metrics.lift_at_k import LiftAtK
from gosales.evaluation.optimism_gap import optimism_gap
from gosales.evaluation.sample import Sample
from gosales.evaluation.standard_candidate import StandardCandidate
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.features.panel import Panel

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "006_plain_baseline")]
from division_table import write_tables  # noqa: E402
from logs import LOGS, Log  # noqa: E402
from panels import OpenLog  # noqa: E402
from plain_baseline import Scored, score, stacked  # noqa: E402
from pooled_auc import PooledAuc  # noqa: E402

ESTIMATORS = ("blend", "lgbm_monotone", "lgbm", "logreg")
RIVALS = ("baseline lgb", "baseline lr")
METRICS = (Auc(), LiftAtK(k_pct=[10]), Brier())
BOOT = CustomerBootstrap(replicates=1000)


@dataclass
class Found:
    """What one estimator did in one division.

    Parameters
    ----------
    score : numpy.ndarray
        Probability of each forward row.
    forward : MetricTable
        All, owners and whitespace.
    cv : MetricTable or None
        The same of the out-of-fold rows, where cross-validation was asked for.
    """

    score: np.ndarray
    forward: MetricTable
    cv: MetricTable | None


@dataclass
class Division:
    """One division of one log: its forward rows and everything that ranks them."""

    name: str
    forward: Panel
    train_rate: float
    baseline: Scored | None
    found: dict[str, Found] = field(default_factory=dict)
    outcome: str = "measured"

    @property
    def whitespace(self) -> np.ndarray:
        """Rows without a purchase of the division for twelve months."""
        return ~self.forward.rows[IS_OWNER].to_numpy(dtype=bool)

    def scores(self) -> dict[str, np.ndarray]:
        """Scores of the forward rows by ranker."""
        naive = self.forward.rows[NAIVE_COUNT].to_numpy(dtype="float64")
        rivals = {} if self.baseline is None else self.baseline.scores
        return {
            **{f"baseline {k}": v for k, v in rivals.items()},
            "naive": naive,
            **{k: f.score for k, f in self.found.items()},
        }


def divisions(
    log: Log, wanted: Sequence[str], cv: bool, work: Path, only: Sequence[str] = ()
) -> Iterator[Division]:
    """Every division of a log, or some: panels of all in one pass, then the fits."""
    opened = OpenLog.of(log, {e: [f"estimator={e}"] for e in wanted}, work)
    rivals = stacked(log.lines(opened.star, shared()), pd.Timestamp(log.cutoff), log.horizon_months)
    train_at, cutoff = opened.train_at, opened.cutoff
    print(f"{log.name}: trained at {', '.join(map(str, train_at))}; forward {cutoff}", flush=True)
    built = opened.panels([*train_at, cutoff])
    for target in opened.targets:
        if only and target.name not in only:
            continue
        panel = built[target.key]
        training, forward = panel.at(train_at).labelled(), panel.at([cutoff]).labelled()
        rival = score(target.name, rivals[target.name])
        forward = same_rows(forward, rival)
        rate = float(training.y.mean())
        division = Division(target.name, forward, rate, rival if rival.scores else None)
        for name in wanted:
            try:
                division.found[name] = measured(
                    opened.candidate(name, target), training, forward, cv
                )
            except DegenerateError as error:
                division.outcome = error.reason_code
        yield division


def same_rows(forward: Panel, rival: Scored) -> Panel:
    """The forward rows of both sides; paired only if labels and whitespace agree.

    The package also lists accounts that own an asset and bought nothing for a year (the world
    has some); the baseline does not know them, so they are not compared.

    Raises
    ------
    SystemExit
        If the rows that are left differ.
    """
    theirs = rival.test.X.index.to_numpy(str)
    forward = forward.take(np.flatnonzero(np.isin(forward.rows[CUSTOMER].to_numpy(str), theirs)))
    same = (
        np.array_equal(forward.rows[CUSTOMER].to_numpy(str), theirs)
        and np.array_equal(forward.y, rival.test.y)
        and np.array_equal(~forward.rows[IS_OWNER].to_numpy(bool), rival.test.whitespace)
    )
    if not same:
        raise SystemExit(f"{rival.division}: the baseline's rows are not the panel's")
    return forward


def measured(candidate: StandardCandidate, training: Panel, forward: Panel, cv: bool) -> Found:
    """The very fit that would ship, on forward rows, and its cross-validation."""
    table = None
    if cv:
        held = cross_validate(candidate, training, candidate.plan(training))
        table = evaluate(training.take(held.rows), held.predictions, METRICS, BOOT, "cv")
    probability = candidate.fit_nested(training).model.predict(forward.X)
    return Found(probability, evaluate(forward, probability, METRICS, BOOT, "forward"), table)


def row(log: Log, division: Division) -> dict[str, object]:
    """Everything that is said of one division."""
    y, ws = division.forward.y, division.whitespace
    out: dict[str, object] = {
        "data": log.name, "division": division.name, "outcome": division.outcome, "rows": len(y),
        "positives": int(y.sum()), "ws_positives": int(y[ws].sum()),
        "train_rate": _round(division.train_rate),
        "constant_brier": _round(float(np.mean((y - division.train_rate) ** 2))),
    }  # fmt: skip
    for ranker, p in division.scores().items():
        whole, new = (_point(p[m], y[m]) for m in (ws | ~ws, ws))
        mine = {"auc": whole["auc"], "ws_auc": new["auc"], "lift_at_10pct": whole["lift_at_10pct"]}
        out[ranker] = mine if ranker == "naive" else {**mine, "brier": whole["brier"]}
    if division.baseline is not None:
        out["baseline lgb"]["cv_auc"] = _round(division.baseline.cv_auc)  # type: ignore[index]
    for name, found in division.found.items():
        out[name] = {**out[name], **_promised(found)}  # type: ignore[dict-item]
    return out


def _point(p: np.ndarray, y: np.ndarray) -> dict[str, float | None]:
    if not len(y):
        return dict.fromkeys(("auc", "lift_at_10pct", "brier"))
    ranking = WeightedRanking.once(Sample.of(p, y))
    return {k: _round(float(v[0])) for m in METRICS for k, v in m.values(ranking).items()}


def _promised(found: Found) -> dict[str, object]:
    """Forward interval, and what cross-validation said of it."""
    after = found.forward.get("auc")
    out: dict[str, object] = {"auc_interval": [_round(after.lo), _round(after.hi)]}
    if found.cv is not None:
        gap = optimism_gap(found.cv, found.forward)
        out |= {
            "cv_auc": _round(found.cv.get("auc").value),
            "gap": [_round(v) for v in (gap.value, gap.lo, gap.hi)],
        }
    return out


def _round(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(value, 4)


def summary(rows: Sequence[dict[str, object]], name: str) -> dict[str, object]:
    """Over divisions: how far promise and outcome lie apart, and who is worse than a constant."""
    mine = [(r, r[name]) for r in rows if name in r]
    gaps = [m["gap"] for _, m in mine if m.get("gap", [None])[0] is not None]
    bounded = [g for g in gaps if g[1] is not None]
    worse = [r["division"] for r, m in mine if m["brier"] > r["constant_brier"]]
    out: dict[str, object] = {"divisions": len(mine), "Brier worse than the constant's": worse}
    if gaps:
        out["median |CV - forward| AUC"] = _round(float(np.median([abs(g[0]) for g in gaps])))
        # The interval of the gap holds the noise of both samples, so that 0 inside it is the
        # forward value inside its prediction interval.
        inside = sum(g[1] <= 0.0 <= g[2] for g in bounded)
        out["forward AUC inside the prediction interval"] = f"{inside} of {len(bounded)}"
    return out


def study(
    log: Log, wanted: Sequence[str], cv: bool, work: Path, only: Sequence[str] = ()
) -> dict[str, object]:
    """One log."""
    rows, pools = [], {p: PooledAuc(BOOT) for p in ("whitespace", "all")}
    for division in divisions(log, wanted, cv, work, only):
        rows.append(row(log, division))
        print(json.dumps(rows[-1]), flush=True)
        if division.baseline is None or len(division.found) < len(wanted):
            continue
        customers, y, ws = division.forward.groups, division.forward.y, division.whitespace
        for name, mask in (("whitespace", ws), ("all", ws | ~ws)):
            scores = {k: s[mask] for k, s in division.scores().items()}
            pools[name].add(customers[mask], y[mask], scores)
    return {
        "estimators": list(wanted),
        "pooled": {name: pool.compare(RIVALS) for name, pool in pools.items()},
        "summary": {name: summary(rows, name) for name in wanted},
        "divisions": rows,
    }


def shared() -> Path:
    """Where the real logs lie: the folder ``data`` under ``GOSALES_SHARED``."""
    return Path(os.environ.get("GOSALES_SHARED", "../shared")) / "data"


def main() -> None:
    """The logs asked for; results of the others stay as they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logs", nargs="*", default=list(LOGS))
    parser.add_argument("--estimators", nargs="+", default=list(ESTIMATORS))
    parser.add_argument("--divisions", nargs="+", default=[], help="only these; pooled over them")
    parser.add_argument("--overrides", nargs="+", default=[], help="of the composition, besides")
    parser.add_argument("--no-cv", action="store_true", help="forward months only: much faster")
    parser.add_argument("--work", type=Path, help="keep the feature cache here")
    asked = parser.parse_args()
    if unknown := set(asked.logs) - set(LOGS):
        parser.error(f"no such log: {', '.join(sorted(unknown))}; there are {', '.join(LOGS)}")
    file = HERE / "result.json"
    result = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    for name in asked.logs:
        with tempfile.TemporaryDirectory() as folder:
            work = asked.work or Path(folder)
            log = replace(LOGS[name], overrides=(*LOGS[name].overrides, *asked.overrides))
            only = ["forward only"] if asked.no_cv else []
            key = ", ".join([name, *asked.divisions, *asked.overrides, *only])
            try:
                result[key] = study(log, asked.estimators, not asked.no_cv, work, asked.divisions)
            except ConfigError as error:
                if error.reason_code != "missing_package":
                    raise
                result[key] = {"skipped": str(error)}
        file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        write_tables(result, HERE / "divisions.md")
        print(json.dumps({k: v for k, v in result[key].items() if k != "divisions"}, indent=1))


if __name__ == "__main__":
    main()
