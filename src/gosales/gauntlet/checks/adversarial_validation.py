"""Report: how well the forward rows can be told from the training rows, and by which columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from gosales.core.seeds import derive_seed, stable_buckets
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import ROSTER
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.rank_auc import rank_auc
from gosales.gauntlet.strongest_auc import strongest_auc
from gosales.models.estimators.lgbm import Lgbm


class AdversarialValidation:
    """AUC of a classifier that tells forward rows from training rows by their features alone.

    0.5: the months look alike. Near 1: they do not, for example because some column counts since
    the beginning of the log and grows with it. Honest months differ too, so this is reported and
    never fails.

    Parameters
    ----------
    top : int, default 10
        Columns listed by how well each alone tells the months apart.
    n_estimators : int, default 50
        Rounds of the classifier.
    min_rows : int, default 100
        Fewer training or forward rows: not applicable.

    Notes
    -----
    No label is read. The accounts are halved; each half is scored by a classifier that was fitted
    on the other, so that an account seen at several cutoffs is no clue. Missing values of a
    single column rank lowest or highest, whichever tells more. A rate that is one number for all
    accounts of an industry gives the month away by its last digit: with such columns the AUC is
    near 1 on honest worlds, and the single columns are what to read.
    """

    name = "adversarial_validation"
    subject = Subject.LEAK
    is_proof = False

    def __init__(self, top: int = 10, n_estimators: int = 50, min_rows: int = 100) -> None:
        self.top = top
        self.n_estimators = n_estimators
        self.min_rows = min_rows

    def run(self, context: GauntletContext) -> Finding:
        """PASS with the AUC; a report."""
        training, forward = context.training, context.forward
        values: dict[str, Any] = {"rows": len(training) + len(forward)}
        if min(len(training), len(forward)) < self.min_rows:
            reason = f"{len(training)} training and {len(forward)} forward rows, "
            reason += f"{self.min_rows} of each needed"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, values)
        X = pd.concat([p.X for p in _alike(training, forward)], ignore_index=True).astype(float)
        is_forward = np.r_[np.zeros(len(training)), np.ones(len(forward))]
        groups = np.r_[training.groups, forward.groups].astype(str)
        seed = derive_seed(context.seed, self.name)
        score = self._told_apart(X, is_forward, stable_buckets(list(groups), 2, seed), seed)
        auc = rank_auc(is_forward, score)
        singles = _singles(X, is_forward)[: self.top]
        account = pd.factorize(groups)[0]
        for single in singles:
            best = strongest_auc(_both_ranks(X[single["column"]]), is_forward, account)
            single |= {"lo": best.lo, "hi": best.hi}
        values |= {"auc": auc, "columns": X.shape[1], "first_column": singles[0]["column"]}
        reason = f"forward rows are told from training rows with AUC {auc:.3f}; alone "
        reason += f"{singles[0]['column']} reaches {singles[0]['auc']:.3f}"
        return finding_of(
            self, Outcome.PASS, reason, values, singles, _figure(singles, values, len(forward))
        )

    def _told_apart(
        self, X: pd.DataFrame, is_forward: np.ndarray, half: np.ndarray, seed: int
    ) -> np.ndarray:
        """Score of each row by the classifier of the other accounts, as a rank in its half."""
        learner = Lgbm(n_estimators=self.n_estimators, learning_rate=0.1)
        score = np.full(len(X), 0.5)
        for k in (0, 1):
            here, other = half == k, half != k
            varies = X[other].nunique(dropna=False).gt(1).any()
            if varies and len(set(is_forward[other])) == 2 and here.any():
                fitted = learner.fit(X[other], is_forward[other], None, [], seed)
                score[here] = pd.Series(fitted.predict(X[here])).rank(pct=True)
        return score


def _alike(*panels: Panel) -> list[Panel]:
    """The panels with categories as numbers that mean the same in all of them."""
    names = [s.name for s in panels[0].specs if s.dtype == "category"]
    levels = {n: sorted({str(v) for p in panels for v in p.X[n].dropna().unique()}) for n in names}
    return [
        p.with_features(
            p.X.assign(
                **{n: pd.Categorical(p.X[n].astype("string"), levels[n]).codes for n in names}
            )
        )
        for p in panels
    ]


def _singles(X: pd.DataFrame, is_forward: np.ndarray) -> list[dict[str, Any]]:
    """AUC of each column alone, in its better direction, the best first."""
    found = []
    for name in X.columns:
        aucs = [rank_auc(is_forward, ranks) for ranks in _both_ranks(X[name])]
        # 0 is as telling as 1: every forward row lies below every training row.
        reach = [0.5 if auc is None else max(auc, 1.0 - auc) for auc in aucs]
        found.append({"column": str(name), "auc": float(max(reach))})
    return sorted(found, key=lambda r: (-r["auc"], r["column"]))


def _both_ranks(column: pd.Series) -> Iterator[np.ndarray]:
    """Ranks of a column, missing values the lowest and then the highest."""
    values = column.to_numpy(dtype="float64")
    for filler in (-np.inf, np.inf) if np.isnan(values).any() else (np.inf,):
        yield pd.Series(np.where(np.isnan(values), filler, values)).rank().to_numpy()


def _figure(singles: list[dict[str, Any]], values: dict[str, Any], forward: int) -> dict[str, Any]:
    return {
        "kind": "bars",
        "title": "AUC of single columns in telling forward rows from training rows",
        "population": ROSTER,
        "split": "training and forward rows, no label read",
        "n": [["training rows", values["rows"] - forward], ["forward rows", forward]],
        "interval": "95 % DeLong by account, of the direction that tells more",
        "order": [s["column"] for s in singles],
        "series": {s["column"]: s["auc"] for s in singles},
        "bounds": {s["column"]: [s["lo"], s["hi"]] for s in singles if s["lo"] is not None},
    }
