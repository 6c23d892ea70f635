"""A fake candidate over a real star, honest unless a leak is switched on.

Panel: ``future_roster``, ``late_label``, ``edited_cache``, ``no_provenance``, ``late_provenance``,
``silent_provenance``, ``no_static``. Split: ``unpurged``, ``group_only``, ``left_out``,
``row_twice``, ``inner_overlap``, ``inner_unpurged``. Fit: ``tune_on_valid``, ``random_fit``,
``other_predictions``. The others are planted into it by `tests.support.planted_toy`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from tests.support.toy_model import ToyLogistic, ToyScaler, ToyShift

from gosales.core.seeds import stable_buckets
from gosales.core.timeline import Cutoff, Horizon, Lookback
from gosales.data.duckdb_engine import DuckDBEngine
from gosales.data.star import CUSTOMERS, TRANSACTIONS, Star
from gosales.evaluation.fold import Fold, FoldPlan
from gosales.features.panel import Panel
from gosales.features.spec import FeatureSpec
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.rank_auc import rank_auc
from gosales.models.fitted_model import FittedModel

FORWARD = Cutoff.parse("2024-06-30")
TRAINING = tuple(Cutoff.parse(c) for c in ("2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31"))
HORIZON = Horizon(months=3)

_SPECS = (
    FeatureSpec("toy", "count", "target", Lookback(months=12), "orders of the target"),
    FeatureSpec("toy", "gp_sum", "all", Lookback(months=6), "profit", money=True),
    FeatureSpec("toy", "days_since", "target", Lookback(), "days since last", nullable=True),
    FeatureSpec("lag", "count", "all", Lookback(months=12, lag_days=60), "orders, lagged"),
    FeatureSpec("profile", "region", "all", None, "region", dtype="category"),
    FeatureSpec("profile", "size", "all", None, "size"),
)


class ToyCandidate:
    """Three account folds, purged by days; logistic regression with a shift calibrator."""

    def __init__(self, *leaks: str, seed: int = 7, purge_days: int = 45) -> None:
        self.leaks = frozenset(leaks)
        self.seed = seed
        self.purge_days = purge_days
        self.horizon = HORIZON
        self._entropy = np.random.default_rng() if "random_fit" in self.leaks else None

    @property
    def registered_columns(self) -> frozenset[str]:
        return frozenset(s.name for s in _SPECS)

    @property
    def _specs(self) -> tuple[FeatureSpec, ...]:
        specs = [s for s in _SPECS if s.lookback or "no_static" not in self.leaks]
        return tuple(specs)

    def training_cutoffs(self, star: Star) -> tuple[Cutoff, ...]:
        return TRAINING

    def build(self, star: Star, cutoffs: Sequence[Cutoff], *, cached: bool = True) -> Panel:
        tx = pd.read_parquet(star.table(TRANSACTIONS))
        customers = pd.read_parquet(star.table(CUSTOMERS))
        tx["gross_profit"] = tx["gross_profit"].astype("float64")
        rows, X, records = [], [], []
        for cutoff in sorted(cutoffs):
            r, x, p = self._build_one(star, tx, customers, cutoff)
            rows.append(r)
            X.append(x)
            records.append(p)
        features = pd.concat(X, ignore_index=True)
        if cached and "edited_cache" in self.leaks:
            features.iloc[3, 0] += 1.0
        return Panel(
            "alpha",
            pd.concat(rows, ignore_index=True),
            features,
            self._specs,
            pd.concat(records, ignore_index=True),
        )

    def _build_one(
        self, star: Star, tx: pd.DataFrame, customers: pd.DataFrame, cutoff: Cutoff
    ) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        known = customers[customers["first_known_date"] <= cutoff.day]
        if "future_roster" in self.leaks:
            known = customers
        known = known.sort_values("customer_id").reset_index(drop=True)
        seen = tx[(tx["order_date"] <= cutoff.day) & (tx["known_date"] <= cutoff.day)]
        target = seen[seen["division_key"] == "alpha"]
        rows = self._rows(star, tx, target, known, cutoff)
        X = self._features(seen, known, cutoff)
        return rows, X, self._provenance(tx, cutoff)

    def _rows(
        self,
        star: Star,
        tx: pd.DataFrame,
        target: pd.DataFrame,
        known: pd.DataFrame,
        cutoff: Cutoff,
    ) -> pd.DataFrame:
        ids = known["customer_id"]
        window = self.horizon.window(cutoff)
        end = window.end + timedelta(days=30) if "late_label" in self.leaks else window.end
        after = tx[(tx["order_date"] > window.start) & (tx["order_date"] <= end)]
        after = after[after["division_key"] == "alpha"]
        value = ids.map(after.groupby("customer_id")["gross_profit"].sum()).fillna(0.0)
        first = ids.map(after.groupby("customer_id")["order_date"].min())
        days = pd.Series([np.nan if pd.isna(d) else (d - cutoff.day).days for d in first])
        complete = self.horizon.is_complete(cutoff, star.last_date)
        y = _if(complete, value > 0)
        count = ids.map(target.groupby("customer_id").size()).fillna(0.0)
        return pd.DataFrame(
            {
                "customer_id": ids.astype(str),
                "cutoff": str(cutoff),
                "group": ids.astype(str),
                "segment": "warm",
                "is_owner": (count > 0).to_numpy(),
                "ever_owned": (count > 0).to_numpy(),
                "naive_count": count.astype("float64"),
                "y": y,
                "label_value": _if(complete, value),
                "label_gp": _if(complete, value),
                "first_event_days": _if(complete, days),
                "cohort": np.where(count > 0, "renewal_like", "expansion"),
            }
        )

    def _features(self, seen: pd.DataFrame, known: pd.DataFrame, cutoff: Cutoff) -> pd.DataFrame:
        end = cutoff.day
        ids = known["customer_id"]
        target = seen[seen["division_key"] == "alpha"]
        since = [
            np.nan if pd.isna(d) else float((cutoff.day - d).days)
            for d in ids.map(target.groupby("customer_id")["order_date"].max())
        ]
        columns = {
            "toy__count__target__12m": _count(target, ids, end, 365),
            "toy__gp_sum__all__6m": _total(seen, ids, end, 183),
            "toy__days_since__target__ever": np.array(since),
            "lag__count__all__12m_lag60d": _count(seen, ids, end - timedelta(days=60), 365),
            "profile__region__all__static": known["region"].to_numpy(dtype=object),
            "profile__size__all__static": known["size"].to_numpy(dtype="float64"),
        }
        return pd.DataFrame({s.name: columns[s.name] for s in self._specs})

    def _provenance(self, tx: pd.DataFrame, cutoff: Cutoff) -> pd.DataFrame:
        records = []
        for spec in self._specs:
            newest = None
            if spec.lookback is not None:
                end = spec.lookback.window(cutoff).end
                newest = str(tx.loc[tx["known_date"] <= end, "known_date"].max())
                if "late_provenance" in self.leaks and spec.family == "lag":
                    newest = str(cutoff)
                if "silent_provenance" in self.leaks and spec.family == "lag":
                    newest = None
            source = "static" if spec.lookback is None else "recorded"
            records.append((spec.name, str(cutoff), newest, source))
        if "no_provenance" in self.leaks:
            records = records[1:]
        names = ["feature", "cutoff", "newest_date", "source"]
        return pd.DataFrame(records, columns=names)

    def plan(self, panel: Panel) -> FoldPlan:
        folds = []
        bucket = stable_buckets(list(panel.groups), 3, self.seed)
        cutoffs = panel.rows["cutoff"].to_numpy(dtype=object)
        group_only = "group_only" in self.leaks
        for test in panel.cutoffs:
            usable = [str(c) for c in panel.cutoffs if self._usable(c, test) or group_only]
            if not usable:
                continue
            for k in range(3):
                train = np.flatnonzero(np.isin(cutoffs, usable) & (bucket != k))
                valid = np.flatnonzero((cutoffs == str(test)) & (bucket == k))
                folds.append(Fold(f"{test}/{k}", train, valid))
        if "left_out" in self.leaks:
            folds[0] = Fold(folds[0].name, folds[0].train, folds[0].valid[1:])
        if "row_twice" in self.leaks:
            extra = np.append(folds[0].valid, folds[1].valid[0])
            folds[0] = Fold(folds[0].name, np.setdiff1d(folds[0].train, extra), extra)
        scheme = "grouped" if group_only else "purged_grouped"
        warnings = ("the log is too short",) if group_only else ()
        return FoldPlan(tuple(folds), scheme, warnings, {"seed": self.seed, "n_folds": 3})

    def _usable(self, train: Cutoff, test: Cutoff) -> bool:
        if "unpurged" in self.leaks:
            return train < test
        return self.horizon.usable_for(train, test, self.purge_days)

    def inner_plan(self, panel: Panel) -> FoldPlan:
        half = stable_buckets(list(panel.groups), 2, self.seed + 1)
        if "inner_overlap" in self.leaks:
            half = np.arange(len(panel)) % 2
        cutoffs = panel.rows["cutoff"].to_numpy(dtype=object)
        spans = [
            (
                np.isin(cutoffs, [str(c) for c in panel.cutoffs if self._usable(c, t)]),
                cutoffs == str(t),
            )
            for t in panel.cutoffs
        ]
        spans = [(before, at) for before, at in spans if before.any()]
        purged = bool(spans) and "inner_unpurged" not in self.leaks
        if not purged:
            spans = [(np.ones(len(panel), dtype=bool), np.ones(len(panel), dtype=bool))]
        folds = tuple(
            Fold(f"{i}/{k}", np.flatnonzero(before & (half != k)), np.flatnonzero(at & (half == k)))
            for i, (before, at) in enumerate(spans)
            for k in range(2)
        )
        return FoldPlan(folds, "purged_grouped" if purged else "grouped", (), {})

    def fit(self, panel: Panel) -> FittedModel:
        everything = np.arange(len(panel))
        return self._fit(panel, everything, everything)

    def fit_fold(self, panel: Panel, fold: Fold) -> tuple[FittedModel, np.ndarray]:
        model = self._fit(panel, fold.train, fold.valid)
        predictions = model.predict(panel.X.iloc[fold.valid])
        if "other_predictions" in self.leaks:
            predictions = predictions * 0.5 + 0.25 * panel.y[fold.valid]
        return model, predictions

    def _fit(self, panel: Panel, train: np.ndarray, valid: np.ndarray) -> FittedModel:
        part = panel.take(train)
        scaler = ToyScaler.learn(part.X)
        Z, y = scaler.apply(part.X), part.y
        ridge = self._ridge(panel, scaler, Z, y, valid)
        estimator = ToyLogistic.learn(Z, y, ridge)
        if self._entropy is not None:
            noise = self._entropy.normal(0, 1e-9, len(estimator.coef))
            coef = [c + float(e) for c, e in zip(estimator.coef, noise, strict=True)]
            estimator = ToyLogistic(estimator.columns, coef)
        scored = estimator.predict(scaler.apply(panel.X.iloc[train]))
        calibrator = ToyShift.learn(scored, panel.y[train])
        return FittedModel(self._specs, (scaler,), estimator, calibrator)

    def _ridge(
        self, panel: Panel, scaler: ToyScaler, Z: pd.DataFrame, y: np.ndarray, valid: np.ndarray
    ) -> float:
        if "tune_on_valid" not in self.leaks:
            return 1.0
        held = scaler.apply(panel.X.iloc[valid])

        def score(ridge: float) -> float:
            p = ToyLogistic.learn(Z, y, ridge).predict(held)
            return rank_auc(panel.y[valid], p) or 0.0

        return max((0.1, 1.0, 10.0, 100.0, 1000.0), key=score)


class PermutableToy(ToyCandidate):
    """The toy with the cheap path for permutations: one raw fit a draw."""

    def fit_permuted(
        self, panel: Panel, fold: Fold, labels: Iterable[np.ndarray], seeds: Sequence[int]
    ) -> Iterator[np.ndarray]:
        scaler = ToyScaler.learn(panel.X.iloc[fold.train])
        Z, held = scaler.apply(panel.X.iloc[fold.train]), scaler.apply(panel.X.iloc[fold.valid])
        for y, _ in zip(labels, seeds, strict=True):
            yield ToyLogistic.learn(Z, y).predict(held)


def toy_context(
    star: Star, candidate: ToyCandidate, workdir: Path, *, cutoff: Cutoff = FORWARD, n_jobs: int = 1
) -> GauntletContext:
    """What a training run would hand to the gauntlet."""
    training = candidate.build(star, candidate.training_cutoffs(star)).labelled()
    return GauntletContext(
        candidate=candidate,
        star=star,
        cutoff=cutoff,
        training=training,
        forward=candidate.build(star, [cutoff]),
        plan=candidate.plan(training),
        model=candidate.fit(training),
        engine=DuckDBEngine(threads=1, memory_limit="500MB"),
        workdir=workdir,
        seed=11,
        n_jobs=n_jobs,
    )


def _if(complete: bool, values: pd.Series) -> np.ndarray:
    known = values.to_numpy(dtype="float64")
    return known if complete else np.full(len(known), np.nan)


def _span(lines: pd.DataFrame, end: date, days: int) -> pd.DataFrame:
    inside = (lines["order_date"] > end - timedelta(days=days)) & (lines["order_date"] <= end)
    return lines[inside & (lines["known_date"] <= end)]


def _count(lines: pd.DataFrame, ids: pd.Series, end: date, days: int) -> np.ndarray:
    found = ids.map(_span(lines, end, days).groupby("customer_id").size())
    return found.fillna(0.0).to_numpy(dtype="float64")


def _total(lines: pd.DataFrame, ids: pd.Series, end: date, days: int) -> np.ndarray:
    cents = (_span(lines, end, days)["gross_profit"] * 100).round().astype("int64")
    found = ids.map(cents.groupby(lines.loc[cents.index, "customer_id"]).sum())
    return found.fillna(0).to_numpy(dtype="float64") / 100.0
