"""Statistic: no single column may all but decide the label alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gosales.core.seeds import derive_seed, stable_buckets
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.rank_auc import rank_auc


class SingleFeature:
    """AUC of each column alone, either direction, and how far the best family stands out.

    An honest column can be strong (a plain order count reaches .95 on some logs), so a high AUC
    warns; it fails only when it also stands far above the best column of any other family, or
    when it simply restates the label.

    Parameters
    ----------
    warn_auc : float, default 0.95
        From here on a WARN.
    fail_margin : float, default 0.08
        Together with ``warn_auc``: lead over the best column of any other family that fails.
    restates_auc : float, default 0.999
        From here on the column restates the label: FAIL whatever the others do.
    min_positive_accounts : int, default 40
        Fewer: INCONCLUSIVE.
    top : int, default 10
        Columns listed.

    Notes
    -----
    Missing values are ranked lowest and highest in turn and the stronger AUC counts, so that
    missingness itself is a column. Categories are scored by the label rate of their level among
    the other half of the accounts.
    """

    name = "single_feature"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        warn_auc: float = 0.95,
        fail_margin: float = 0.08,
        restates_auc: float = 0.999,
        min_positive_accounts: int = 40,
        top: int = 10,
    ) -> None:
        self.warn_auc = warn_auc
        self.fail_margin = fail_margin
        self.restates_auc = restates_auc
        self.min_positive_accounts = min_positive_accounts
        self.top = top

    def run(self, context: GauntletContext) -> Finding:
        """FAIL on a column that stands alone; WARN on a merely strong one."""
        panel = context.training
        positives = len(set(panel.groups[panel.y > 0]))
        values: dict[str, Any] = {"positive_accounts": positives, "columns": len(panel.X.columns)}
        if positives < self.min_positive_accounts or not len(panel.X.columns):
            reason = f"{positives} positive accounts, {self.min_positive_accounts} needed"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        ranking = _ranking(panel, derive_seed(context.seed, self.name))
        if not ranking:
            return finding_of(self, Outcome.INCONCLUSIVE, "the panel has one class", values)
        best = ranking[0]
        others = [r["auc"] for r in ranking if r["family"] != best["family"]]
        values |= {
            "best_column": best["column"],
            "best_auc": best["auc"],
            "next_family_auc": max(others, default=0.5),
        }
        return self._judge(values, ranking[: self.top])

    def _judge(self, values: dict[str, Any], ranking: list[dict[str, Any]]) -> Finding:
        auc, lead = values["best_auc"], values["best_auc"] - values["next_family_auc"]
        reason = f"{values['best_column']} alone reaches AUC {auc:.3f}, {lead:+.3f} over the next "
        reason += "family"
        outcome = Outcome.PASS
        if auc >= self.restates_auc or (auc >= self.warn_auc and lead >= self.fail_margin):
            outcome = Outcome.FAIL
        elif auc >= self.warn_auc:
            outcome = Outcome.WARN
        figure = {
            "kind": "bars",
            "title": "AUC of single columns",
            "split": "training panel, in-sample",
            "order": [r["column"] for r in ranking],
            "series": {r["column"]: r["auc"] for r in ranking},
        }
        return finding_of(self, outcome, reason, values, ranking, figure)


def _ranking(panel: Panel, seed: int) -> list[dict[str, Any]]:
    families = {spec.name: spec.family for spec in panel.specs}
    half = stable_buckets(list(map(str, panel.groups)), 2, seed)
    found = []
    for name in map(str, panel.X.columns):
        auc = _column_auc(panel.X[name], panel.y, half)
        if auc is not None:
            found.append({"column": name, "family": families.get(name, name), "auc": auc})
    return sorted(found, key=lambda r: (-float(r["auc"]), str(r["column"])))


def _column_auc(column: pd.Series, y: np.ndarray, half: np.ndarray) -> float | None:
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        scores = _both_fills(column.to_numpy(dtype="float64", na_value=np.nan))
    else:
        scores = [_level_rates(column, y, half)]
    aucs = [a for a in (rank_auc(y, s) for s in scores) if a is not None]
    return max((max(a, 1 - a) for a in aucs), default=None)


def _both_fills(values: np.ndarray) -> list[np.ndarray]:
    finite = values[np.isfinite(values)]
    if finite.size == values.size:
        return [values]
    low, high = (finite.min() - 1, finite.max() + 1) if finite.size else (0.0, 0.0)
    bounded = np.clip(values, low, high)
    return [np.where(np.isnan(bounded), fill, bounded) for fill in (low, high)]


def _level_rates(column: pd.Series, y: np.ndarray, half: np.ndarray) -> np.ndarray:
    levels = column.astype("string").fillna("").to_numpy(dtype=object)
    out = np.full(len(y), float(y.mean()))
    for side in (0, 1):
        learn, score = half != side, half == side
        rates = pd.Series(y[learn]).groupby(levels[learn]).mean()
        found = pd.Series(levels[score]).map(rates).to_numpy(dtype="float64")
        out[score] = np.where(np.isnan(found), y.mean(), found)
    return out
