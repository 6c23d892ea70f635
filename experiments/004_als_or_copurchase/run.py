"""Measure whether ALS, item2vec or plain co-purchase ranks whitespace accounts best."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from hydra import compose, initialize_config_dir

from gosales.core.columns import IS_OWNER
from gosales.core.errors import DegenerateError
from gosales.core.progress import SilentProgress
from gosales.core.seeds import derive_seed
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.metrics.auc import Auc
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
from figures import draw  # noqa: E402

# Forward cutoffs; cross-validation and earlier scores are of the panel before the last one.
LOGS = {
    "world": ("2023-06-30", "2023-12-31", "2024-06-30", "2024-12-31"),
    "adventureworks_reseller": ("2019-08-31", "2019-11-30"),
    "online_retail_ii": ("2011-03-31", "2011-06-08"),
}
LEVELS = {"online_retail_ii": ("region", "country")}
LEARNED = (
    "basket", "encoder", "encoder_bare", "als", "als_raw", "item2vec", "copurchase", "itemcosine",
)  # fmt: skip
SETS = {
    "core": (),
    "core + basket": ("basket",),
    "core + encoder": ("encoder",),
    "core + encoder, bare rates": ("encoder_bare",),
    "core + als": ("als",),
    "core + copurchase": ("copurchase",),
    "core + item2vec": ("item2vec",),
    "core + basket + encoder": ("basket", "encoder"),
    "core + basket + als": ("basket", "als"),
    "core + basket + encoder + als": ("basket", "encoder", "als"),
}
ALS = "als__similarity__target__24m"
COSINE = "copurchase__cosine_sum__target__24m"
SINGLE = (
    ALS,
    f"{ALS}_lag30d",
    "als__preference__target__24m",
    "als__asset_similarity__target__ever",
    "als_raw__preference__target__24m",
    "als_raw__similarity__target__24m",
    "item2vec__similarity__target__ever",
    COSINE,
    f"{COSINE}_lag30d",
    "copurchase__cosine_max__target__24m",
    "itemcosine__sum__target__24m",
    "basket__lift_max__target__12m_lag60d",
    "basket__lift_mean__target__12m_lag60d",
    "basket__lift_top3__target__12m_lag60d",
    "rfm__tx_count__all__12m",
)
# What is held against what, beside everything against the first of its kind.
PAIRS = (
    (f"{COSINE}_lag30d", f"{ALS}_lag30d"),
    ("basket__lift_top3__target__12m_lag60d", "basket__lift_max__target__12m_lag60d"),
    ("core + copurchase", "core + als"),
    ("core + encoder, bare rates", "core + encoder"),
    ("core + basket + encoder", "core + basket"),
    ("core + basket + als", "core + basket"),
)
# Per division and cutoff; together they are many more than an interval needs.
MIN_POSITIVE_ACCOUNTS = 10
POPULATIONS = ("whitespace", "all")


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


@dataclass(frozen=True)
class Scored:
    """Rows of one division that something ranks."""

    part: str
    ranker: str
    panel: Panel
    score: np.ndarray

    @classmethod
    def of(cls, part: str, ranker: str, panel: Panel, score: np.ndarray) -> Scored:
        """Without the features, which are most of a panel's memory."""
        return cls(part, ranker, replace(panel, X=panel.X[[]], specs=()), score)

    def sample(self, names: np.ndarray, population: str) -> Sample:
        """The rows of a population over the accounts of the whole log."""
        owner = self.panel.rows[IS_OWNER].to_numpy(dtype=bool)
        rows = np.flatnonzero(~owner if population == "whitespace" else owner | ~owner)
        codes = np.searchsorted(names, self.panel.groups[rows].astype(str))
        return Sample.of(self.score[rows], self.panel.y[rows], None, codes, len(names))


@dataclass(frozen=True)
class Means:
    """Mean AUC over divisions and cutoffs, on the data and in every replicate, by ranker."""

    n: int
    point: dict[str, float]
    draws: dict[str, np.ndarray]

    @classmethod
    def of(cls, scored: Sequence[Scored], population: str, boot: CustomerBootstrap) -> Means:
        """Over the parts in which everything could be measured."""
        names = np.unique(np.concatenate([s.panel.groups.astype(str) for s in scored]))
        found = {(s.part, s.ranker): s.sample(names, population) for s in scored}
        rankers = list(dict.fromkeys(s.ranker for s in scored))
        parts = [
            part
            for part in dict.fromkeys(s.part for s in scored)
            if all((part, r) in found for r in rankers)
            and found[part, rankers[0]].n_positive_groups >= MIN_POSITIVE_ACCOUNTS
        ]
        mine = {(p, r): found[p, r] for p in parts for r in rankers}
        draws = boot.draws(mine, {k: [Auc()] for k in mine}, population)
        value = {k: Auc().values(WeightedRanking.once(s))["auc"][0] for k, s in mine.items()}
        return cls(
            len(parts),
            {r: float(np.mean([value[p, r] for p in parts])) for r in rankers},
            # A replicate without a buyer of a part says nothing about that part.
            {r: np.nanmean([draws[p, r]["auc"] for p in parts], axis=0) for r in rankers},
        )

    @classmethod
    def pooled(cls, parts: Sequence[Means]) -> Means:
        """Over all logs; their accounts are others, so their draws are independent."""
        n = sum(p.n for p in parts)
        return cls(
            n,
            {r: sum(p.n * p.point[r] for p in parts) / n for r in parts[0].point},
            {r: sum(p.n * p.draws[r] for p in parts) / n for r in parts[0].draws},
        )

    def rows(self) -> list[dict[str, object]]:
        """Each ranker, and its paired difference from another."""
        first = next(iter(self.point))
        pairs = [(r, first) for r in self.point] + [p for p in PAIRS if {*p} <= {*self.point}]
        return [
            {
                "ranker": a,
                "n": self.n,
                "auc": _interval(self.point[a], self.draws[a]),
                "minus": b,
                "gap": _interval(self.point[a] - self.point[b], self.draws[a] - self.draws[b]),
            }
            for a, b in pairs
        ]


def _interval(value: float, draws: np.ndarray) -> list[float]:
    lo, hi = np.quantile(draws, [0.025, 0.975])
    return [round(float(v), 4) for v in (value, lo, hi)]


def panels(
    log: str, cutoff: str, work: Path
) -> Iterator[tuple[StandardCandidate, SafePolicy, Panel, Panel]]:
    """Per division: its candidate, SAFE policy, and its panels with every column."""
    with initialize_config_dir(str(conf_root()), version_base="1.3"):
        cfg = compose("train", [f"data={log}", "cutoff=any", f"cutoff.date={cutoff}"])
    space = Workspace.make(str(work / "work"), str(work / "out"))
    star = ingest_star(cfg, space, SilentProgress()).star
    parts = Assembly.of(cfg, star, space)
    levels = LEVELS.get(log, Encoder().levels)
    learned = [Basket(), Encoder(levels), EncoderBare(levels), Als(), AlsRaw()]
    learned += [Item2Vec(everyone=True), CoPurchase(), ItemCoPurchase()]
    plain = [f for f in parts.builder.families if f.name not in LEARNED]
    safe = parts.builder.safe
    # Every column is built once; what SAFE keeps is chosen for each set of families.
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
        yield candidate, safe, whole.at(train_at).labelled(), whole.at([base.cutoff]).labelled()


def columns(panel: Panel, safe: SafePolicy, added: tuple[str, ...]) -> Panel:
    """The panel with what SAFE keeps of the plain families and of the added ones."""
    kept = [s for s in safe.kept(panel.specs) if s.family not in LEARNED or s.family in added]
    return replace(panel, X=panel.X[[s.name for s in kept]], specs=tuple(kept))


def fitted(candidate: StandardCandidate, train: Panel, test: Panel, purpose: str) -> np.ndarray:
    """Uncalibrated scores: AUC needs no more."""
    seed = derive_seed(candidate.seed, "study", purpose)
    transforms, model = candidate.recipe.fit_raw(train.X, train.y, None, train.specs, seed)
    X = test.X
    for transform in transforms:
        X = transform.apply(X)
    return model.predict(X)


def out_of_fold(candidate: StandardCandidate, panel: Panel) -> tuple[Panel, np.ndarray]:
    """Rows that some fold validates, and their scores."""
    score = np.full(len(panel), np.nan)
    for fold in candidate.plan(panel).folds:
        held = panel.take(fold.valid)
        score[fold.valid] = fitted(candidate, panel.take(fold.train), held, fold.name)
    at = np.flatnonzero(~np.isnan(score))
    return panel.take(at), score[at]


def known_last(values: np.ndarray) -> np.ndarray:
    """A single score with unknown accounts behind all known ones."""
    known = values[~np.isnan(values)]
    return np.where(np.isnan(values), (known.min() if len(known) else 0.0) - 1.0, values)


def singles(part: str, panel: Panel) -> Iterator[Scored]:
    """The panel ranked by each column on its own."""
    for name in SINGLE:
        yield Scored.of(part, name, panel, known_last(panel.X[name].to_numpy(dtype="float64")))


def measured(log: str, cutoff: str, work: Path) -> Iterator[tuple[str, Scored]]:
    """Everything that ranks something at one cutoff, with the table it belongs to."""
    last = cutoff == LOGS[log][-1]
    for candidate, safe, train, forward in panels(log, cutoff, work):
        part = f"{candidate.target.key} {cutoff}"
        yield from (("scores, forward", s) for s in singles(part, forward))
        if last:
            yield from (("scores, earlier cutoffs", s) for s in singles(part, train))
        for name, added in SETS.items():
            mine, test = columns(train, safe, added), columns(forward, safe, added)
            try:
                score = fitted(candidate, mine, test, "forward")
                yield "models, forward", Scored.of(part, name, test, score)
                if last:
                    held = out_of_fold(candidate, mine)
                    yield "models, purged CV", Scored.of(part, name, *held)
            except DegenerateError as error:
                print(f"{log} {part}: {error.reason_code}", flush=True)
                break
        print(f"{log} {part}", flush=True)


def study(logs: Sequence[str]) -> dict[str, object]:
    """Everything measured, per log and over all."""
    result: dict[str, object] = {"forward cutoffs": {log: LOGS[log] for log in logs}}
    found: dict[str, dict[str, Means]] = {}
    for i, log in enumerate(logs):
        tables: dict[str, list[Scored]] = {}
        with tempfile.TemporaryDirectory() as folder:
            for cutoff in LOGS[log]:
                for table, scored in measured(log, cutoff, Path(folder)):
                    tables.setdefault(table, []).append(scored)
        # Each log its own stream: accounts of different logs are not drawn together.
        boot = CustomerBootstrap(seed=7 + i)
        for table, scored in tables.items():
            for population in POPULATIONS:
                key = f"{table}, {population}"
                found.setdefault(key, {})[log] = Means.of(scored, population, boot)
    for key, by_log in found.items():
        rows = {log: means.rows() for log, means in by_log.items()}
        result[key] = {**rows, "all logs": Means.pooled(list(by_log.values())).rows()}
    return result


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    found = study(sys.argv[1:] or list(LOGS))
    (HERE / "result.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    draw(found, HERE)
