"""Count how often a nominal 95 % customer-block interval holds the value it is about."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from hydra import compose, initialize_config_dir

from gosales.evaluation.bootstrap import CustomerBootstrap, measured
from gosales.evaluation.influential_metric import InfluentialMetric
from gosales.evaluation.measured_interval import measured_interval
from gosales.evaluation.metric import Metric
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.brier import Brier
from gosales.evaluation.metrics.capture_at_k import CaptureAtK
from gosales.evaluation.metrics.lift_at_k import LiftAtK
from gosales.evaluation.sample import Sample
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.models.logistic import logit, sigmoid
from gosales.pipelines.assembly import make
from gosales.pipelines.conf_files import conf_root

HERE = Path(__file__).resolve().parent
METRICS = (Auc(), LiftAtK(k_pct=[10]), CaptureAtK(k_pct=[10]), Brier())
POSITIVES = (100, 300, 1000)
CUTOFFS = ("2023-12-31", "2024-06-30", "2024-12-31")
DIVISION = "Services"
PAIRED = "paired auc"
NAMES = ("auc", "lift_at_10pct", "capture_at_10pct", "brier", PAIRED)
# Copies of the world's accounts, with outcomes drawn anew, from which the true values are taken.
COPIES = 300


@dataclass(frozen=True)
class Accounts:
    """The world's accounts: true probability and two scores, each (accounts, cutoffs)."""

    truth: np.ndarray
    first: np.ndarray
    second: np.ndarray

    @classmethod
    def of_the_world(cls, rng: np.random.Generator) -> Accounts:
        """Accounts known at every cutoff; a score errs by account and by row."""
        with initialize_config_dir(str(conf_root()), version_base="1.3"):
            cfg = compose("train")
        truth = make(cfg.data.world).generate().truth
        columns = [truth.probability(DIVISION, cutoff) for cutoff in CUTOFFS]
        known = sorted(set.intersection(*(set(c.index) for c in columns)))
        p = np.stack([c.loc[known].to_numpy(dtype="float64") for c in columns], axis=1)

        def seen(blur: float) -> np.ndarray:
            lasting = rng.normal(0.0, blur, (len(p), 1))
            return np.asarray(sigmoid(logit(p) + lasting + rng.normal(0.0, blur / 2, p.shape)))

        return cls(p, seen(1.0), seen(1.3))

    def drawn(self, n: int, rng: np.random.Generator) -> tuple[Sample, Sample]:
        """So many accounts with replacement, their outcomes drawn; each is a block of its own."""
        at = rng.integers(0, len(self.truth), n)
        y = (rng.random((n, len(CUTOFFS))) < self.truth[at]).astype("float64").ravel()
        block = np.repeat(np.arange(n), len(CUTOFFS))
        first, second = (s[at].ravel() for s in (self.first, self.second))
        return tuple(Sample.of(s, y, None, block, n) for s in (first, second))  # type: ignore[return-value]


def figures(names: list[str]) -> tuple[Metric, ...]:
    """The metrics that give these figures."""
    wanted = [n for n in names if n != PAIRED] + ["auc"] * (PAIRED in names)
    return tuple(m for m in METRICS if set(m.names) & set(wanted))


def values(pair: tuple[Sample, Sample], names: list[str]) -> dict[str, float]:
    """The figures of the first score, and the paired difference in AUC."""
    a, b = (measured(WeightedRanking.once(s), figures(names)) for s in pair)
    out = {name: float(v[0]) for name, v in a.items()}
    if PAIRED in names:
        out[PAIRED] = float(a["auc"][0] - b["auc"][0])
    return {name: out[name] for name in names}


def holds(pair: tuple[Sample, Sample], true: dict[str, float], seed: int, b: int) -> dict[str, int]:
    """-1 where the interval lies below the true value, 1 above, 0 where it holds it."""
    boot, metrics = CustomerBootstrap(replicates=b, seed=seed), figures(list(true))
    ranked = dict(enumerate(pair if PAIRED in true else pair[:1]))
    draws = boot.draws(ranked, dict.fromkeys(ranked, metrics), "coverage")
    point, n = values(pair, list(true)), pair[0].n_positive_groups
    out = {}
    for name, value in true.items():
        if name == PAIRED:
            found = {name: boot.interval(point[name], draws[0]["auc"] - draws[1]["auc"], n)}
        else:
            (metric,) = (m for m in metrics if name in m.names)
            mine = measured_interval(metric, name, point[name], draws[0][name], pair[0], boot)
            found = {name: mine}
            if isinstance(metric, InfluentialMetric):
                # What its interval would be without the correction.
                found[f"{name} uncorrected"] = boot.interval(point[name], draws[0][name], n)
        for which, interval in found.items():
            assert interval.lo is not None
            assert interval.hi is not None
            out[which] = int(interval.lo > value) - int(interval.hi < value)
    return out


def study(
    samples: int, replicates: int, names: list[str], positives_at: list[int]
) -> dict[str, object]:
    """Coverage by number of positive rows and figure."""
    rng = np.random.default_rng(8)
    accounts = Accounts.of_the_world(rng)
    true = values(accounts.drawn(COPIES * len(accounts.truth), rng), names)
    rate = float(accounts.truth.sum(axis=1).mean())
    result: dict[str, object] = {
        "division": DIVISION, "cutoffs": CUTOFFS, "samples": samples, "replicates": replicates,
        "positive rows per account": round(rate, 3),
        "true values": {k: round(v, 4) for k, v in true.items()},
    }  # fmt: skip
    for positives in positives_at:
        n = round(positives / rate)
        found = [holds(accounts.drawn(n, rng), true, i, replicates) for i in range(samples)]
        for name in found[0]:
            side = np.array([f[name] for f in found])
            cover = float((side == 0).mean())
            result[f"{name}, {positives} positives"] = {
                "coverage": round(cover, 3),
                "plus or minus": round(1.96 * (max(cover * (1 - cover), 1e-9) / samples) ** 0.5, 3),
                "interval above": round(float((side > 0).mean()), 3),
                "interval below": round(float((side < 0).mean()), 3),
                "accounts": n,
            }
        print(
            positives,
            {k: v for k, v in result.items() if k.endswith(f" {positives} positives")},
            flush=True,
        )
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--figures", nargs="+", default=NAMES)
    parser.add_argument("--positives", nargs="+", type=int, default=POSITIVES)
    parser.add_argument("--out", default="result.json")
    asked = parser.parse_args()
    found = study(asked.samples, asked.replicates, list(asked.figures), list(asked.positives))
    text = json.dumps(found, indent=1)
    (HERE / asked.out).write_text(text + "\n", encoding="utf-8")
