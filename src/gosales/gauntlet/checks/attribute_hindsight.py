"""Statistic: a static attribute says no more of later events than the account's history does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from gosales.core.seeds import derive_seed, stable_buckets
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.hindsight import ACTIVITY, TARGET, Hindsight, Surprise
from gosales.gauntlet.static_columns import static_columns
from gosales.gauntlet.steady_columns import steady_columns

_LISTED = 10  # columns in the finding
_LEVEL_ACCOUNTS = (
    30  # smaller levels count only together, each scored by the other half of accounts
)
_LEVELS = "(all levels)"


class AttributeHindsight:
    """Partial correlation of static columns with later events, given all earlier ones.

    An attribute has no date, so no rebuild can show that it knows the future; nor can one of a
    windowed column that never changes (`steady_columns`), which is held here too. But a trait that
    was there from the start has shown itself in years of orders: what it adds to them about the
    next months is little. A status, a lifetime total, a last order's year, a sum over the label
    window, or the label itself behind some noise adds a lot.

    Events: whether the account bought anything, in each quarter from the first cutoff to the end
    of the log and in the mean of all, and the labels of each cutoff. The history of an account is
    its orders by quarter, its age, and for labels also what it bought of the target, the windowed
    features and the labels of other windows (`Hindsight`).

    Parameters
    ----------
    max_activity : float, default 0.20
        A partial correlation with activity whose lower bound lies above fails. A trait that
        decides how often accounts order is not all told by two years of few orders.
    max_share : float, default 0.05
        A column whose covariance with the labels beyond history, against the whole variance of
        both, has a lower bound above it fails: history foretells neither, yet they go together.
    max_target : float, default 0.40
        A partial correlation with the labels whose lower bound lies above fails too (a lifetime
        total of the target is nearly foretold, but what is left of it is the label) ...
    min_outcome : float, default 0.10
        ... where it is with so much of the whole label: where history foretells nearly all, an
        honest trait of the newest accounts may be all there is.
    warn : float, default 0.12
        A partial correlation with activity or labels whose lower bound lies above it warns.
    bound_z : float, default 3.0
        A lower bound is ``|r| - bound_z / sqrt(n)``.
    min_accounts : int, default 100
        Fewest accounts of an event; without any such event INCONCLUSIVE.

    Notes
    -----
    NOT_APPLICABLE without static columns. Measured on worlds and two real logs: honest attributes
    reach .07 (activity), -.02 (share) and .34 (labels; an industry of which 95 % buy, the others
    .21); where a trait is the order rate itself, on a short log, .18 (activity). Statuses that are
    kept up for 70 % of accounts reach .30, numbers of all orders .60 (activity), labels with a
    tenth flipped .09 to .27 (share; below 0 where orders foretell nearly all). What says no more of
    activity than an order rate itself (.12 to .16: quarters of all orders, money with noise) warns.
    """

    name = "attribute_hindsight"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        max_activity: float = 0.20,
        max_share: float = 0.05,
        max_target: float = 0.40,
        min_outcome: float = 0.10,
        warn: float = 0.12,
        bound_z: float = 3.0,
        min_accounts: int = 100,
    ) -> None:
        self.max_activity = max_activity
        self.max_share = max_share
        self.max_target = max_target
        self.min_outcome = min_outcome
        self.warn = warn
        self.bound_z = bound_z
        self.min_accounts = min_accounts

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when a static column shares too much with what came later."""
        static = [spec.name for spec in context.training.specs if spec.lookback is None]
        steady = steady_columns(context, self.min_accounts)
        names = [*static, *steady]
        if not names:
            reason = "the candidate uses no static attribute"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, {"static_columns": 0})
        hindsight = Hindsight(context, self.min_accounts)
        surprises = [*hindsight.activity(), *hindsight.labels()]
        values: dict[str, Any] = {"static_columns": len(static), "steady_columns": len(steady)}
        values |= {"events": len(surprises)}
        if not surprises:
            reason = f"no event has {self.min_accounts} accounts of both kinds"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        table = static_columns(context, hindsight.customers, steady)
        seed = derive_seed(context.seed, self.name)
        found = [self._worst(table[name], surprises, seed) for name in names]
        found.sort(key=lambda f: -float(f["excess"]))
        values |= {key: found[0][key] for key in ("r", "lower", "share", "excess")}
        outcome, reason = self._judge(found)
        return finding_of(self, outcome, reason, values, found[:_LISTED], _figure(found, values))

    def _judge(self, found: list[dict[str, Any]]) -> tuple[Outcome, str]:
        worst = found[0]
        text = (
            f"most: {worst['column']} = {worst['level']} with {worst['what']} after {worst['at']}, "
            f"r = {worst['r']:+.2f} beyond history, lower bound {worst['lower']:.2f}, "
            f"{worst['excess']:.2f} of its limit"
        )
        if not worst["excess"] < 1:
            return Outcome.FAIL, f"{text}; it was made after the fact"
        if worst["what"] == ACTIVITY and worst["lower"] >= self.warn:
            return Outcome.WARN, f"{text}; no more than an order rate itself: explain"
        odd = [f for f in found if not f["label_lower"] < self.warn]
        if odd:
            told = f"{odd[0]['column']} goes with labels beyond history"
            return Outcome.WARN, f"{text}; {told} ({odd[0]['label_lower']:.2f}): explain"
        return Outcome.PASS, text

    def _worst(self, column: pd.Series, surprises: list[Surprise], seed: int) -> dict[str, Any]:
        """The level and event nearest to a limit, or farthest beyond it."""
        found = [e for s in surprises for e in self._entries(column, s, seed)]
        steady: dict[str, list[dict[str, Any]]] = {}
        for entry in found:
            if entry["what"] == ACTIVITY:
                steady.setdefault(entry["level"], []).append(entry)
        found += [_mean(parts) for parts in steady.values() if len(parts) > 1]
        for entry in found:
            self._measure(entry)
        labels = [e["lower"] for e in found if e["what"] == TARGET]
        worst = max(found, key=lambda e: float(e["excess"]))
        return {"column": str(column.name), **worst, "label_lower": max(labels, default=-1.0)}

    def _measure(self, entry: dict[str, Any]) -> None:
        """Lower bounds, and how much of its limit each reaches at most."""
        chance = self.bound_z / math.sqrt(entry["accounts"])
        entry["lower"] = abs(entry["r"]) - chance
        if entry["what"] == ACTIVITY:
            entry["excess"] = entry["lower"] / self.max_activity
            return
        share = (abs(entry["share"]) - chance) / self.max_share
        nearly = min(
            entry["lower"] / self.max_target,
            (abs(entry["of_outcome"]) - chance) / self.min_outcome,
        )
        entry["excess"] = max(share, nearly)

    def _entries(
        self, column: pd.Series, surprise: Surprise, seed: int
    ) -> Iterator[dict[str, Any]]:
        if _is_number(column):
            parts = dict(_numeric(column))
        else:
            parts = {**dict(_large_levels(column)), _LEVELS: _encoded(column, surprise, seed)}
        found = surprise.correlations(np.column_stack(list(parts.values())))
        told = {"what": surprise.what, "at": surprise.at, "accounts": len(surprise.accounts)}
        for i, level in enumerate(parts):
            r, of_outcome, share = (
                float(v[i]) for v in (found.partial, found.of_outcome, found.of_both)
            )
            yield {**told, "level": level, "r": r, "of_outcome": of_outcome, "share": share}


def _figure(found: list[dict[str, Any]], values: dict[str, Any]) -> dict[str, Any]:
    names = {f"{f['column']} = {f['level']}": float(f["excess"]) for f in found}
    return {
        "kind": "bars",
        "title": "What static columns share with later events, as a share of the limit",
        "population": "accounts that were known before the event",
        "split": "quarters and label windows from the first cutoff to the end of the log",
        "n": [
            ["accounts at the first column's event", int(found[0]["accounts"])],
            ["events", int(values["events"])],
        ],
        "no_interval": "each is a lower bound already; below 0 chance alone would give more",
        "order": list(names),
        "series": names,
        "x": "lower bound of the correlation beyond history, by its limit",
        "limits": [1.0],
    }


def _mean(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """A level's mean correlation over all slices: a lifetime total knows a little of each."""
    r = sum(p["r"] for p in parts) / len(parts)
    # Slices share accounts, not outcomes: their surprises are independent draws.
    accounts = sum(p["accounts"] for p in parts)
    return {**parts[0], "at": f"{parts[0]['at']} (mean)", "r": r, "accounts": accounts}


def _is_number(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column))


def _large_levels(column: pd.Series) -> Iterator[tuple[str, np.ndarray]]:
    counts = column.value_counts()
    for level in counts.index[counts >= _LEVEL_ACCOUNTS]:
        yield str(level), (column == level).to_numpy(dtype="float64")


def _numeric(column: pd.Series) -> Iterator[tuple[str, np.ndarray]]:
    """Rank, each quarter, and whether the value is missing."""
    ranks = column.rank(pct=True)
    yield "rank", ranks.fillna(0.5).to_numpy(dtype="float64")
    for quarter in range(4):
        inside = (ranks > quarter / 4) & (ranks <= (quarter + 1) / 4)
        yield f"quarter {quarter + 1}", inside.to_numpy(dtype="float64")
    yield "(missing)", column.isna().to_numpy(dtype="float64")


def _encoded(column: pd.Series, surprise: Surprise, seed: int) -> np.ndarray:
    """Each account's level scored by the surprise of the other half of the accounts."""
    names = column.index[surprise.accounts]
    half = stable_buckets(list(map(str, names)), 2, seed)
    levels = column.to_numpy(dtype=object)[surprise.accounts]
    own = np.zeros(len(levels))
    for side in (0, 1):
        sums = pd.Series(surprise.rest[half != side]).groupby(levels[half != side])
        # One account added to each level, with no surprise: small levels say little.
        score = sums.sum() / (sums.size() + 1)
        own[half == side] = pd.Series(levels[half == side]).map(score).fillna(0.0).to_numpy()
    out = np.zeros(len(column))
    out[surprise.accounts] = own
    return out
