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
from gosales.gauntlet.hindsight import ACTIVITY, Hindsight, Surprise
from gosales.gauntlet.static_columns import static_columns

_LEVELS = "(all levels)"


class AttributeHindsight:
    """Partial correlation of static columns with later events, given all earlier ones.

    An attribute has no date, so no rebuild can show that it knows the future. But a trait that
    was there from the start has shown itself in years of orders: what it adds to them about the
    next months is little. A status, a lifetime total, a last order's year, a sum over the label
    window, or the label itself behind some noise adds a lot.

    Events: whether the account bought anything, in each slice of days from the first cutoff to
    the end of the log and in the mean of all, and the labels of each cutoff. The history of an account is its orders by
    slice, its age, and for labels also what it bought of the target and the windowed features.

    Parameters
    ----------
    max_activity : float, default 0.12
        A correlation with activity whose lower bound lies above fails.
    max_target : float, default 0.25
        Likewise with the labels; higher, because a product just launched has no history and an
        honest trait may be all there is.
    warn : float, default 0.12
        A lower bound above it that does not fail warns.
    bound_z : float, default 3.0
        The lower bound is ``|r| - bound_z / sqrt(n)``.
    slice_days : int, default 91
        Length of a slice.
    min_accounts : int, default 100
        Fewest accounts of an event; without any such event INCONCLUSIVE.
    min_level_accounts : int, default 30
        Smaller levels of a category count only together (each scored by what the other half of
        the accounts shows of it).
    top : int, default 10
        Columns listed.

    Notes
    -----
    NOT_APPLICABLE without static columns. Measured (experiments of the check): honest attributes
    of the world and of two real logs reach .07 (activity) and .18 (labels; .21 in a division
    launched at the last cutoff); lifetime totals .18 to .65, a status .32 to .68, labels with a
    tenth flipped .35 to .58, with a fifth flipped .04 to .44.
    """

    name = "attribute_hindsight"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        max_activity: float = 0.12,
        max_target: float = 0.25,
        warn: float = 0.12,
        bound_z: float = 3.0,
        slice_days: int = 91,
        min_accounts: int = 100,
        min_level_accounts: int = 30,
        top: int = 10,
    ) -> None:
        self.max_activity = max_activity
        self.max_target = max_target
        self.warn = warn
        self.bound_z = bound_z
        self.slice_days = slice_days
        self.min_accounts = min_accounts
        self.min_level_accounts = min_level_accounts
        self.top = top

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when a static column shares too much with what came later."""
        names = [spec.name for spec in context.training.specs if spec.lookback is None]
        if not names:
            reason = "the candidate uses no static attribute"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, {"static_columns": 0})
        hindsight = Hindsight(context, self.slice_days, self.min_accounts)
        surprises = [*hindsight.activity(), *hindsight.labels()]
        values: dict[str, Any] = {"static_columns": len(names), "events": len(surprises)}
        if not surprises:
            reason = f"no event has {self.min_accounts} accounts of both kinds"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        table = static_columns(context, hindsight.customers)
        seed = derive_seed(context.seed, self.name)
        found = [self._worst(table[name], surprises, seed) for name in names]
        found.sort(key=lambda f: -float(f["lower"]) / float(f["limit"]))
        worst = found[0]
        values |= {"correlation": worst["r"], "lower": worst["lower"]}
        outcome, reason = self._judge(worst)
        return finding_of(self, outcome, reason, values, found[: self.top])

    def _judge(self, worst: dict[str, Any]) -> tuple[Outcome, str]:
        text = (
            f"most: {worst['column']} = {worst['level']} with {worst['what']} after {worst['at']}, "
            f"r = {worst['r']:+.2f} beyond history, lower bound {worst['lower']:.2f}, "
            f"limit {worst['limit']}"
        )
        if not worst["lower"] < worst["limit"]:
            return Outcome.FAIL, f"{text}; it was made after the fact"
        if not worst["lower"] < self.warn:
            return Outcome.WARN, f"{text}: explain"
        return Outcome.PASS, text

    def _worst(self, column: pd.Series, surprises: list[Surprise], seed: int) -> dict[str, Any]:
        found: list[dict[str, Any]] = []
        steady: dict[str, list[dict[str, Any]]] = {}
        for surprise in surprises:
            limit = self.max_activity if surprise.what == ACTIVITY else self.max_target
            event = {"what": surprise.what, "at": surprise.at, "limit": limit}
            n = len(surprise.accounts)
            for level, r in self._correlations(column, surprise, seed):
                found.append({**event, "level": level, "r": r, "accounts": n})
                if surprise.what == ACTIVITY:
                    steady.setdefault(level, []).append(found[-1])
        found += [_mean(parts) for parts in steady.values() if len(parts) > 1]
        for entry in found:
            entry["lower"] = abs(entry["r"]) - self.bound_z / math.sqrt(entry["accounts"])
        best = max(found, key=lambda f: float(f["lower"] / f["limit"]))
        return {"column": str(column.name), **best}

    def _correlations(
        self, column: pd.Series, surprise: Surprise, seed: int
    ) -> Iterator[tuple[str, float]]:
        parts = dict(_numeric(column)) if _is_number(column) else dict(self._category(column))
        if not _is_number(column):
            parts[_LEVELS] = _encoded(column, surprise, seed)
        found = surprise.correlations(np.column_stack(list(parts.values())))
        yield from zip(parts, map(float, found), strict=True)

    def _category(self, column: pd.Series) -> Iterator[tuple[str, np.ndarray]]:
        counts = column.value_counts()
        for level in counts.index[counts >= self.min_level_accounts]:
            yield str(level), (column == level).to_numpy(dtype="float64")


def _mean(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """A level's mean correlation over all slices: a lifetime total knows a little of each."""
    r = sum(p["r"] for p in parts) / len(parts)
    # Slices share accounts, not outcomes: their surprises are independent draws.
    accounts = sum(p["accounts"] for p in parts)
    return {**parts[0], "at": f"{parts[0]['at']} (mean)", "r": r, "accounts": accounts}


def _is_number(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column))


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
