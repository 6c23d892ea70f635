"""Measure whether ALS, item2vec or plain co-purchase ranks whitespace accounts best."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from hydra import compose, initialize_config_dir

from gosales.core.errors import DegenerateError
from gosales.core.progress import SilentProgress
from gosales.core.seeds import derive_seed
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.panel_samples import MODEL, panel_samples
from gosales.evaluation.sample import Sample
from gosales.evaluation.standard_candidate import StandardCandidate
from gosales.evaluation.weighted_ranking import WeightedRanking
from gosales.features.families.als import Als
from gosales.features.families.basket import Basket
from gosales.features.families.encoder import Encoder
from gosales.features.families.item2vec import Item2Vec
from gosales.features.panel import Panel
from gosales.features.safe import SafePolicy
from gosales.pipelines.assembly import Assembly, make
from gosales.pipelines.conf_files import conf_root
from gosales.pipelines.division_choice import choose_divisions
from gosales.pipelines.ingest import ingest_star
from gosales.pipelines.workspace import Workspace

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from co_purchase_scores import CoPurchase, ItemCoPurchase  # noqa: E402

LOGS = {
    "world": ("2024-12-31", "industry", "industry_sub"),
    "adventureworks_reseller": ("2019-11-30", "industry", "industry_sub"),
    "online_retail_ii": ("2011-06-08", "region", "country"),
}
LEARNED = (
    "basket",
    "encoder",
    "encoder_bare",
    "als",
    "als_raw",
    "item2vec",
    "copurchase",
    "itemcosine",
)
SETS = {
    "core": (),
    "core + basket": ("basket",),
    "core + encoder": ("encoder",),
    "core + encoder, bare rates": ("encoder_bare",),
    "core + als": ("als",),
    "core + copurchase": ("copurchase",),
    "core + item2vec": ("item2vec",),
    "core + als + basket + encoder": ("als", "basket", "encoder"),
}
SINGLE = (
    "basket__lift_max__target__12m_lag60d",
    "basket__lift_mean__target__12m_lag60d",
    "basket__lift_top3__target__12m_lag60d",
    "als__preference__target__24m",
    "als__similarity__target__24m",
    "als__similarity__target__24m_lag30d",
    "als__asset_similarity__target__ever",
    "als_raw__preference__target__24m",
    "als_raw__similarity__target__24m",
    "item2vec__similarity__target__ever",
    "copurchase__cosine_sum__target__24m",
    "copurchase__cosine_sum__target__24m_lag30d",
    "copurchase__cosine_max__target__24m",
    "copurchase__cosine_mean__target__24m",
    "itemcosine__sum__target__24m",
    "rfm__tx_count__all__12m",
)
# Per division; together they are many more than an interval needs.
MIN_POSITIVE_ACCOUNTS = 10
NAMES = {"earlier": "scores, earlier cutoffs", "cv": "models, purged CV"}
# What is held against what, beside everything against the first of its kind.
PAIRS = (
    ("copurchase__cosine_sum__target__24m", "als__similarity__target__24m"),
    ("copurchase__cosine_sum__target__24m_lag30d", "als__similarity__target__24m_lag30d"),
    ("als_raw__similarity__target__24m", "als__similarity__target__24m"),
    ("basket__lift_top3__target__12m_lag60d", "basket__lift_max__target__12m_lag60d"),
    ("core + copurchase", "core + als"),
    ("core + encoder, bare rates", "core + encoder"),
)


@dataclass(frozen=True)
class EncoderBare(Encoder):
    """Rates that are not held against those of all accounts."""

    relative: bool = False
    name: str = field(default="encoder_bare", init=False)


@dataclass(frozen=True)
class AlsRaw(Als):
    """ALS on the quantities themselves."""

    quantities: str = "raw"
    name: str = field(default="als_raw", init=False)


def panels(log: str, work: Path) -> Iterator[tuple[StandardCandidate, SafePolicy, Panel, Panel]]:
    """Per division: its candidate, and its training and forward panel with every column."""
    cutoff, *levels = LOGS[log]
    overrides = [f"data={log}", "cutoff=any", f"cutoff.date={cutoff}"]
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        cfg = compose("train", overrides)
    space = Workspace.make(str(work / "work"), str(work / "out"))
    star = ingest_star(cfg, space, SilentProgress()).star
    parts = Assembly.of(cfg, star, space)
    plain = [f for f in parts.builder.families if f.name not in LEARNED]
    learned = [Basket(), Encoder(levels=levels), EncoderBare(levels=levels), Als(), AlsRaw()]
    learned += [Item2Vec(everyone=True), CoPurchase(), ItemCoPurchase()]
    safe = parts.builder.safe
    builder = replace(
        parts.builder, families=[*plain, *learned], safe=replace(safe, mode="off"), store=None
    )
    targets = [make(node) for _, node in choose_divisions(["all"], star, parts.engine)]
    base = parts.candidate(targets[0], parts.cutoff())
    train_at = base.training_cutoffs(star)
    built = builder.build(star, targets, [*train_at, base.cutoff])
    for target in targets:
        whole = built[target.key]
        candidate = replace(base, target=target)
        yield candidate, safe, whole.at(train_at).labelled(), whole.at([base.cutoff])


def columns(panel: Panel, safe: SafePolicy, added: tuple[str, ...]) -> Panel:
    """The panel with what SAFE keeps of the plain families and of the added ones."""
    kept = [s for s in safe.kept(panel.specs) if s.family not in LEARNED or s.family in added]
    return replace(panel, X=panel.X[[s.name for s in kept]], specs=tuple(kept))


def fitted(candidate: StandardCandidate, train: Panel, test: Panel, purpose: str) -> np.ndarray:
    """Uncalibrated scores: AUC needs no more."""
    seed = derive_seed(candidate.seed, "study", purpose)
    fits, model = candidate.recipe.fit_raw(train.X, train.y, None, train.specs, seed)
    X = test.X
    for transform in fits:
        X = transform.apply(X)
    return model.predict(X)


def out_of_fold(candidate: StandardCandidate, panel: Panel) -> tuple[Panel, np.ndarray]:
    """Rows that some fold validates, and their scores."""
    plan = candidate.plan(panel)
    score = np.full(len(panel), np.nan)
    for fold in plan.folds:
        held = panel.take(fold.valid)
        score[fold.valid] = fitted(candidate, panel.take(fold.train), held, fold.name)
    at = np.flatnonzero(~np.isnan(score))
    return panel.take(at), score[at]


def known_last(values: np.ndarray) -> np.ndarray:
    """A single score with unknown accounts behind all known ones."""
    known = values[~np.isnan(values)]
    return np.where(np.isnan(values), (known.min() if len(known) else 0.0) - 1.0, values)


def samples_of(log: str, work: Path) -> dict[str, Any]:
    """Samples by split, then by (division, population, what ranks); and coverage by column."""
    found: dict[str, Any] = {"cv": {}, "forward": {}, "earlier": {}}
    coverage: dict[str, list[float]] = {}

    def add(split: str, division: str, ranker: str, panel: Panel, score: np.ndarray) -> None:
        for population in ("all", "whitespace"):
            sample = panel_samples(panel, score)[population, MODEL]
            found[split][division, population, ranker] = sample

    for candidate, safe, train, forward in panels(log, work):
        division = candidate.target.key
        forward = forward.labelled()
        for name in SINGLE:
            for split, panel in (("earlier", train), ("forward", forward)):
                values = panel.X[name].to_numpy(dtype="float64")
                add(split, division, name, panel, known_last(values))
            coverage.setdefault(name, []).append(float(forward.X[name].notna().mean()))
        for name, added in SETS.items():
            mine, test = columns(train, safe, added), columns(forward, safe, added)
            try:
                add("forward", division, name, test, fitted(candidate, mine, test, "forward"))
                add("cv", division, name, *out_of_fold(candidate, mine))
            except DegenerateError as error:
                print(f"{log} {division}: {error.reason_code}", flush=True)
                break
        print(f"{log} {division} done", flush=True)
    found["coverage"] = {k: float(np.mean(v)) for k, v in coverage.items()}
    return found


@dataclass(frozen=True)
class Means:
    """Mean AUC over some divisions, on the data and in every replicate, by what ranks."""

    n: int
    point: dict[str, float]
    draws: dict[str, np.ndarray]

    def rows(self, against: str) -> list[dict[str, object]]:
        pairs = [(r, against) for r in self.point] + [p for p in PAIRS if {*p} <= {*self.point}]
        return [
            {
                "ranker": a,
                "divisions": self.n,
                "auc": _interval(self.point[a], self.draws[a]),
                "minus": b,
                "gap": _interval(self.point[a] - self.point[b], self.draws[a] - self.draws[b]),
            }
            for a, b in pairs
        ]


def means(
    split: Mapping[tuple[str, str, str], Sample], population: str, boot: CustomerBootstrap
) -> Means:
    """Over the divisions in which everything could be measured."""
    rankers = list(dict.fromkeys(r for _, _, r in split))
    divisions = [
        d
        for d in dict.fromkeys(d for d, _, _ in split)
        if all((d, population, r) in split for r in rankers)
        and split[d, population, rankers[0]].n_positive_groups >= MIN_POSITIVE_ACCOUNTS
    ]
    mine = {(d, r): split[d, population, r] for d in divisions for r in rankers}
    draws = boot.draws(mine, {k: [Auc()] for k in mine}, population)
    value = {k: Auc().values(WeightedRanking.once(s))["auc"][0] for k, s in mine.items()}
    return Means(
        len(divisions),
        {r: float(np.mean([value[d, r] for d in divisions])) for r in rankers},
        # A replicate without a buyer of a division says nothing about that division.
        {r: np.nanmean([draws[d, r]["auc"] for d in divisions], axis=0) for r in rankers},
    )


def pooled(parts: list[Means]) -> Means:
    """Over the divisions of all logs; their accounts are others, so their draws are independent."""
    n = sum(part.n for part in parts)
    names = parts[0].point
    return Means(
        n,
        {r: sum(p.n * p.point[r] for p in parts) / n for r in names},
        {r: sum(p.n * p.draws[r] for p in parts) / n for r in names},
    )


def _interval(value: float, draws: np.ndarray) -> list[float]:
    lo, hi = np.quantile(draws, [0.025, 0.975])
    return [round(float(v), 4) for v in (value, lo, hi)]


def study(logs: list[str]) -> dict[str, object]:
    """Everything measured, per log and over all."""
    found: dict[str, dict[str, Means]] = {}
    result: dict[str, object] = {"cutoffs": {log: LOGS[log][0] for log in logs}}
    for i, log in enumerate(logs):
        with tempfile.TemporaryDirectory() as folder:
            splits = samples_of(log, Path(folder))
        result[f"coverage, {log}"] = splits.pop("coverage")
        # Each log its own stream: accounts of different logs are not drawn together.
        boot = CustomerBootstrap(seed=7 + i)
        whole = splits.pop("forward")
        splits["scores, forward"] = {k: v for k, v in whole.items() if k[2] in SINGLE}
        splits["models, forward"] = {k: v for k, v in whole.items() if k[2] in SETS}
        for name, split in splits.items():
            for population in ("whitespace", "all"):
                key = f"{NAMES.get(name, name)}, {population}"
                found.setdefault(key, {})[log] = means(split, population, boot)
    for key, by_log in found.items():
        against = "core" if key.startswith("models") else "als__similarity__target__24m"
        result[key] = {
            **{log: part.rows(against) for log, part in by_log.items()},
            "all logs": pooled(list(by_log.values())).rows(against),
        }
    return result


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    found = study(sys.argv[1:] or list(LOGS))
    (HERE / "result.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
