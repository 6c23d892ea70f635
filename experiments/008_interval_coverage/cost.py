"""Processor seconds of 1,000 replicates of every figure on a card, at 20,000 accounts."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from hydra import compose, initialize_config_dir

from gosales.core.columns import CUSTOMER, CUTOFF, IS_OWNER, LABEL, LABEL_GP, NAIVE_COUNT
from gosales.evaluation.bootstrap import CustomerBootstrap, measured
from gosales.evaluation.forward import evaluate
from gosales.evaluation.measured_interval import measured_interval
from gosales.evaluation.metric import Metric
from gosales.evaluation.panel_samples import MODEL, panel_samples
from gosales.evaluation.sample import Sample
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.features.panel import Panel
from gosales.pipelines.assembly import make, make_all
from gosales.pipelines.conf_files import conf_root

HERE = Path(__file__).resolve().parent
REPEATS = 5


def panel(n: int, rate: float, rng: np.random.Generator) -> tuple[Panel, np.ndarray]:
    """One forward month: accounts with a probability each, half of the buyers owners before."""
    p = rng.beta(0.5, 0.5 * (1 - rate) / rate, n)
    y = (rng.random(n) < p).astype("float64")
    count = rng.poisson(4 * p).astype("float64")
    rows = pd.DataFrame(
        {
            CUSTOMER: [f"C{i:06d}" for i in range(n)],
            CUTOFF: "2024-12-31",
            "group": [f"C{i:06d}" for i in range(n)],
            IS_OWNER: count > 0,
            NAIVE_COUNT: count,
            LABEL: y,
            LABEL_GP: np.where(y == 1.0, rng.normal(900.0, 1500.0, n), 0.0).round(2),
        }
    )
    X = pd.DataFrame(index=rows.index)
    return Panel("cost", rows, X, (), pd.DataFrame()), p


def seconds(what: Callable[[], object]) -> dict[str, float]:
    """Processor seconds, the median and the least of some repeats."""
    spent = []
    for _ in range(REPEATS):
        start = time.process_time()
        what()
        spent.append(time.process_time() - start)
    return {"median": round(float(np.median(spent)), 4), "least": round(min(spent), 4)}


def fresh(sample: Sample) -> Sample:
    """The same rows, with nothing sorted or summed yet."""
    return Sample(sample.score, sample.y, sample.gp, sample.group, sample.n_groups)


def one(sample: Sample, metrics: list[Metric], boot: CustomerBootstrap) -> None:
    """All figures of one population and ranker with their intervals."""
    sample = fresh(sample)
    draws = boot.draws({MODEL: sample}, {MODEL: metrics}, "cost")[MODEL]
    values = measured(WeightedRanking.once(sample), metrics)
    for metric in metrics:
        for name in metric.names:
            measured_interval(metric, name, float(values[name][0]), draws[name], sample, boot)


def study(n: int, rate: float) -> dict[str, object]:
    """Seconds of the parts and of the whole card."""
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        cfg = compose("train")
    boot: CustomerBootstrap = make(cfg.validation.bootstrap)
    metrics: list[Metric] = list(make_all(cfg.validation.metrics).values())
    rows, p = panel(n, rate, np.random.default_rng(8))
    sample = panel_samples(rows, p)["all", MODEL]
    (brier,) = (m for m in metrics if "brier" in m.names)
    draws = boot.draws({MODEL: sample}, {MODEL: [brier]}, "cost")[MODEL]["brier"]
    point = float(measured(WeightedRanking.once(sample), [brier])["brier"][0])
    positives = sample.n_positive_groups
    return {
        "accounts": n, "replicates": boot.replicates, "positives": positives,
        "figures": sum(len(m.names) for m in metrics),
        "weights alone": seconds(lambda: list(boot.counts(n, "cost"))),
        "all figures of one population, with intervals": seconds(
            lambda: one(sample, metrics, boot)
        ),
        "Brier interval, percentile": seconds(lambda: boot.interval(point, draws, positives)),
        "Brier interval, accelerated": seconds(
            lambda: measured_interval(brier, "brier", point, draws, fresh(sample), boot)
        ),
        "each figure alone": {
            m.names[0]: seconds(lambda m=m: one(sample, [m], boot))["median"]  # type: ignore[misc]
            for m in metrics
        },
        "the whole card: 3 populations, model and naive rank": seconds(
            lambda: evaluate(rows, p, metrics, boot, "cost")
        ),
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=0.05, help="share of accounts that buy")
    asked = parser.parse_args()
    found = study(asked.accounts, asked.rate)
    (HERE / "cost.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))
