"""Statistic: no single column, and no column's exact value, may all but decide the label alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF, NAIVE_COUNT
from gosales.core.seeds import derive_seed, stable_buckets
from gosales.core.timeline import Cutoff
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.exact_values import exact_and_near_auc
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.judged_rows import JudgedRows, positive_accounts
from gosales.gauntlet.rank_auc import rank_auc
from gosales.gauntlet.strongest_auc import strongest_auc
from gosales.gauntlet.window_labels import window_labels

_LISTED: Final = 10  # columns in the finding
_GRAVITY: Final = (Outcome.PASS, Outcome.WARN, Outcome.INCONCLUSIVE, Outcome.FAIL)
_WINDOWS_BEFORE: Final = 4  # of the label's own length: two years tell an annual contract's turn


class SingleFeature:
    """AUC of each column alone, either direction, and how far the best family stands out.

    An honest column can be strong (a plain order count reaches .95 on some logs), so a high AUC
    warns; it fails only when it also stands far above the best column of any other family, or
    when it simply restates the label. Where accounts that order every month meet accounts that
    never do, any count of earlier orders restates the label, and where contracts are renewed
    each year, the days since the last one: a windowed column must therefore also tell apart
    accounts that ordered the target equally often before, and in the same windows.

    What a transform, an estimator or a calibrator makes of the columns no column shows: a table of
    answers turns an innocent number of employees, one of its own per account, into the outcome.
    So the model that ships ranks rows it was not fitted on once more, after accounts exchanged
    each value with those of nearly the same value (`exact_and_near_auc`): what it then loses it
    knew by the exact value. A model may have learned an account by its number honestly, from the
    account's earlier rows; no fold's model can have, so those must lose as much on the rows they
    validate.

    Parameters
    ----------
    warn_auc : float, default 0.95
        From here on a WARN.
    fail_margin : float, default 0.08
        Together with ``warn_auc``: lead over the best column of any other family that fails; and
        by how much a windowed column must fall among accounts alike to be explained by history.
    restates_auc : float, default 0.999
        From here on the column restates the label: FAIL whatever the others do.
    min_positive_accounts : int, default 40
        Fewer: INCONCLUSIVE.
    min_alike_positives : int, default 20
        With fewer positive rows among accounts alike of both classes, earlier orders decide the
        label, and a windowed column that restates it says nothing new: it warns.
    most_alike : int, default 5
        Accounts with this many earlier orders of the target, or more, count as alike.
    max_loss : float, default 0.04
        A model whose AUC falls by more once values are only nearly right fails. Judged where
        ``min_alike_positives`` positive accounts are held out, else INCONCLUSIVE.

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
        min_alike_positives: int = 20,
        most_alike: int = 5,
        max_loss: float = 0.04,
    ) -> None:
        self.warn_auc = warn_auc
        self.fail_margin = fail_margin
        self.restates_auc = restates_auc
        self.min_positive_accounts = min_positive_accounts
        self.min_alike_positives = min_alike_positives
        self.most_alike = most_alike
        self.max_loss = max_loss

    def run(self, context: GauntletContext) -> Finding:
        """FAIL on a column that stands alone or a looked-up value; WARN on a merely strong one."""
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
        return self._judge(context, values, ranking[:_LISTED])

    def _judge(
        self, context: GauntletContext, values: dict[str, Any], ranking: list[dict[str, Any]]
    ) -> Finding:
        auc, lead = values["best_auc"], values["best_auc"] - values["next_family_auc"]
        reason = f"{values['best_column']} alone reaches AUC {auc:.3f}, {lead:+.3f} over the next "
        reason += "family"
        outcome = Outcome.PASS
        if auc >= self.restates_auc or (auc >= self.warn_auc and lead >= self.fail_margin):
            outcome, said = self._beside_history(context, values)
            reason += said
        elif auc >= self.warn_auc:
            outcome = Outcome.WARN
        found, said = self._by_exact_values(context, values)
        outcome, reason = max(outcome, found, key=_GRAVITY.index), reason + said
        figure = _figure(context.training, ranking, derive_seed(context.seed, self.name))
        return finding_of(self, outcome, reason, values, ranking, figure)

    def _by_exact_values(
        self, context: GauntletContext, values: dict[str, Any]
    ) -> tuple[Outcome, str]:
        """FAIL when the model that ships and those of folds look their answers up by value."""
        held = self._held(context)
        positives = positive_accounts([rows.panel for rows in held])
        values["held_positives"] = positives
        if positives < self.min_alike_positives:
            return Outcome.INCONCLUSIVE, f"; {positives} positive accounts held out: too few"
        lost, said = self._lost(context, held, values, "held_out")
        if not lost:
            return Outcome.PASS, said
        # No account of a fold's validation rows was there to be remembered.
        none = context.forward.take(np.zeros(0, dtype=int))
        strangers = self._held(replace(context, forward=none))
        if positive_accounts([rows.panel for rows in strangers]) < self.min_alike_positives:
            return Outcome.INCONCLUSIVE, f"{said}; too few positive accounts in the newest folds"
        lost, told = self._lost(context, strangers, values, "of_strangers")
        if not lost:
            return Outcome.WARN, f"{said}{told}: it remembers accounts by their values"
        return Outcome.FAIL, f"{said}{told}: the model brings its answers along"

    def _held(self, context: GauntletContext) -> list[JudgedRows]:
        """The forward rows, and rows of the newest folds where those hold too few positives."""
        return JudgedRows.newest(context, self.min_alike_positives, lambda panel: panel, {})

    def _lost(
        self, context: GauntletContext, held: Sequence[JudgedRows], values: dict[str, Any], of: str
    ) -> tuple[bool, str]:
        own, near = exact_and_near_auc(held, derive_seed(context.seed, self.name, of))
        values |= {f"auc_{of}": own, f"auc_{of}_near": near}
        whom = "rows held out" if of == "held_out" else "accounts of no training row"
        said = f"; {whom}: {own:.3f} by exact values, {near:.3f} by near ones"
        return not own - near <= self.max_loss, said

    def _beside_history(
        self, context: GauntletContext, values: dict[str, Any]
    ) -> tuple[Outcome, str]:
        """FAIL, unless how often and when each account ordered before explains the column."""
        panel, column = context.training, values["best_column"]
        if any(s.name == column and s.lookback is None for s in panel.specs):
            return Outcome.FAIL, ""
        alike = self._alike(context)
        auc, positives = _alike_auc(panel, panel.X[column], alike)
        values |= {"alike_auc": auc, "alike_positives": positives}
        text = f"; {auc:.3f} among accounts that ordered alike before ({positives} positive rows)"
        # What history explains falls by as much as the column stood out, or more.
        if positives < self.min_alike_positives or auc < values["best_auc"] - self.fail_margin:
            return Outcome.WARN, text
        return Outcome.FAIL, text

    def _alike(self, context: GauntletContext) -> np.ndarray:
        """Rows that share the cutoff, the number of orders and the windows with one, numbered."""
        panel = context.training
        orders = np.minimum(panel.rows[NAIVE_COUNT].to_numpy(dtype="float64"), self.most_alike)
        key = panel.rows[CUTOFF].astype(str) + "|" + pd.Series(orders).astype(str)
        for before in _windows_before(context):
            key += np.where(before > 0, "1", "0")
        return np.asarray(pd.factorize(key)[0])


def _windows_before(context: GauntletContext) -> Iterator[np.ndarray]:
    """For each row, whether it ordered in each label window that closed before its cutoff."""
    panel, horizon = context.training, context.candidate.horizon
    names = pd.Index(panel.rows[CUSTOMER].astype(str), dtype=object)
    customers = pd.Index(sorted(set(names)), dtype=object)
    first = Cutoff(context.star.manifest.first_date)
    for k in range(1, _WINDOWS_BEFORE + 1):
        starts = {
            c: c.minus_months(k * horizon.months).minus_days(horizon.buffer_days)
            for c in panel.cutoffs
        }
        told = [s for c, s in starts.items() if first < s and horizon.is_complete(s, c.day)]
        found = window_labels(context, told, customers)
        bought = np.zeros(len(panel))
        for cutoff, start in starts.items():
            if start in found:
                here = (panel.rows[CUTOFF] == str(cutoff)).to_numpy()
                bought[here] = found[start][customers.get_indexer(names[here])]
        yield bought


def _alike_auc(panel: Panel, column: pd.Series, alike: np.ndarray) -> tuple[float, int]:
    """AUC within groups of rows, weighted by pairs, and positives of groups with both classes."""
    total = weight = 0.0
    positives = 0
    for group in np.unique(alike):
        here = np.flatnonzero(alike == group)
        y = panel.y[here]
        if 0 < y.sum() < len(y):
            half = np.arange(len(here)) % 2 == 0
            auc = _column_auc(column.iloc[here], y, half) or 0.5
            pairs = float(y.sum() * (1 - y).sum())
            total, weight = total + pairs * auc, weight + pairs
            positives += int(y.sum())
    return (total / weight if weight else 0.5), positives


def _ranking(panel: Panel, seed: int) -> list[dict[str, Any]]:
    families = {spec.name: spec.family for spec in panel.specs}
    half = stable_buckets(list(map(str, panel.groups)), 2, seed)
    found = []
    for name in map(str, panel.X.columns):
        auc = _column_auc(panel.X[name], panel.y, half)
        if auc is not None:
            found.append({"column": name, "family": families.get(name, name), "auc": auc})
    return sorted(found, key=lambda r: (-float(r["auc"]), str(r["column"])))


def _figure(panel: Panel, ranking: list[dict[str, Any]], seed: int) -> dict[str, Any]:
    half = stable_buckets(list(map(str, panel.groups)), 2, seed)
    bounds: dict[str, list[float | None]] = {}
    account = pd.factorize(panel.groups)[0]
    for name in (r["column"] for r in ranking):
        best = strongest_auc(_scores(panel.X[name], panel.y, half), panel.y, account)
        bounds |= {name: [best.lo, best.hi]} if best.has_bounds else {}
    return {
        "kind": "bars",
        "title": "AUC of single columns",
        **figure_source("training panel, in-sample", {"": panel}),
        "interval": "95 % DeLong by account, of the direction that tells more",
        "order": [r["column"] for r in ranking],
        "series": {r["column"]: r["auc"] for r in ranking},
        "bounds": bounds,
    }


def _column_auc(column: pd.Series, y: np.ndarray, half: np.ndarray) -> float | None:
    aucs = [a for a in (rank_auc(y, s) for s in _scores(column, y, half)) if a is not None]
    return max((max(a, 1 - a) for a in aucs), default=None)


def _scores(column: pd.Series, y: np.ndarray, half: np.ndarray) -> list[np.ndarray]:
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return _both_fills(column.to_numpy(dtype="float64", na_value=np.nan))
    return [_level_rates(column, y, half)]


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
