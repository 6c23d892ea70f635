"""Statistic: a static attribute says no more of later events than the account's history does."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from gosales.core.seeds import derive_seed
from gosales.core.timeline import Cutoff
from gosales.gauntlet.column_parts import ColumnPart, column_parts
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.hindsight import ACTIVITY, TARGET, Hindsight, Surprise
from gosales.gauntlet.panel_columns import panel_columns
from gosales.gauntlet.static_columns import static_columns
from gosales.gauntlet.steady_columns import steady_columns
from gosales.gauntlet.undated_columns import undated_columns

_LISTED = 10  # columns in the finding


class AttributeHindsight:
    """Partial correlation of static columns with later events, given all earlier ones.

    An attribute has no date, so no rebuild can show that it knows the future; nor can one of a
    windowed column that never changes (`steady_columns`), or that is made with attributes,
    representatives or parents (`undated_columns`; it is held as it was before each event). But a
    trait that was there from the start has shown itself in years of orders: what it adds to them
    about the next months is little. A status, a lifetime total, a last order's year, a sum over
    the label window, or the label itself behind some noise adds a lot.

    Events: whether the account bought anything, in each quarter from the first cutoff to the end
    of the log and in the mean of all, and the labels of each cutoff. The history of an account is
    its orders by quarter, its age, and for labels also what it bought of the target, the other
    windowed features and the labels of other windows (`Hindsight`).

    Parameters
    ----------
    max_activity : float, default 0.20
        A partial correlation with activity whose lower bound lies above in two quarters, or in the
        mean of all, fails. A trait that decides how often accounts order is not all told by two
        years of few orders.
    max_share : float, default 0.05
        A column whose covariance with the labels beyond history, against the whole variance of
        both, has a lower bound above it at two cutoffs whose label windows lie apart (by the
        candidate's purge) fails: history foretells neither, yet they go together.
    max_once : float, default 0.32
        What is seen in one quarter or one window only fails where the lower bound of its partial
        correlation lies above: a campaign in a region makes more buyers for a while, too. Of two
        quarters or windows, the same levels must have more buyers in both.
    max_target : float, default 0.40
        A partial correlation with the labels whose lower bound lies above fails too (a lifetime
        total of the target is nearly foretold, but what is left of it is the label), where it is
        with twice ``max_share`` of the whole label: where history foretells nearly all, an honest
        trait of the newest accounts may be all there is.
    warn : float, default 0.12
        A partial correlation with activity or labels whose lower bound lies above it warns.
    bound_z : float, default 3.0
        A lower bound is ``|r| - bound_z / sqrt(n)``.
    min_accounts : int, default 100
        Fewest accounts of an event; without any such event INCONCLUSIVE.

    Notes
    -----
    NOT_APPLICABLE without such columns. Measured on worlds and two real logs: honest attributes
    reach .07 (activity), -.02 (share) and .34 (labels; an industry of which 95 % buy, the others
    .21); where a trait is the order rate itself, on a short log, .18 (activity). Statuses that are
    kept up for 70 % of accounts reach .30, numbers of all orders .60 (activity), labels with a
    tenth flipped .05 to .17 (share, the lesser of two windows; below 0 where orders foretell nearly
    all). What says no more of activity than an order rate itself (.12 to .16: quarters of all
    orders, money with noise) warns.
    Windowed: a gap between next year's orders and last year's reaches .41 (labels) and .21 (share);
    gaps, ratios and products of honest attributes and orders .12, and .06 in one window.
    """

    name = "attribute_hindsight"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        max_activity: float = 0.20,
        max_share: float = 0.05,
        max_once: float = 0.32,
        max_target: float = 0.40,
        warn: float = 0.12,
        bound_z: float = 3.0,
        min_accounts: int = 100,
    ) -> None:
        self.max_activity = max_activity
        self.max_share = max_share
        self.max_once = max_once
        self.max_target = max_target
        self.warn = warn
        self.bound_z = bound_z
        self.min_accounts = min_accounts

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when a static column shares too much with what came later."""
        static = [spec.name for spec in context.training.specs if spec.lookback is None]
        steady = steady_columns(context, self.min_accounts)
        moving = [name for name in undated_columns(context) if name not in steady]
        names = [*static, *steady, *moving]
        values: dict[str, Any] = {
            "static_columns": len(static),
            "steady_columns": len(steady),
            "moving_columns": len(moving),
        }
        if not names:
            reason = "no column of the candidate hangs on a value without a date"
            return finding_of(self, Outcome.NOT_APPLICABLE, reason, values)
        hindsight = Hindsight(context, self.min_accounts, {*steady, *moving})
        surprises = [*hindsight.activity(), *hindsight.labels()]
        values["events"] = len(surprises)
        if not surprises:
            reason = f"no event has {self.min_accounts} accounts of both kinds"
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        customers = hindsight.customers
        table = static_columns(context, customers, steady)
        seen = {
            s.at: panel_columns(context, customers, moving, Cutoff.parse(s.at)) for s in surprises
        }

        def column(name: str) -> list[pd.Series]:
            """As it was at each event."""
            return [(seen[s.at] if name in moving else table)[name] for s in surprises]

        seed = derive_seed(context.seed, self.name)

        def apart(one: str, other: str) -> bool:
            first, later = sorted((Cutoff.parse(one), Cutoff.parse(other)))
            candidate = context.candidate
            return candidate.horizon.usable_for(first, later, candidate.purge_days)

        found = [self._worst(column(name), surprises, apart, seed) for name in names]
        found.sort(key=lambda f: -float(f["excess"]))
        values |= {key: found[0][key] for key in ("r", "lower", "share", "excess")}
        outcome, reason = self._judge(found)
        return finding_of(self, outcome, reason, values, found[:_LISTED], _figure(found, values))

    def fresh_cutoffs(self, context: GauntletContext) -> list[Cutoff]:
        """All cutoffs: `undated_columns` compares them with those of another star."""
        return sorted({*context.training.cutoffs, *context.forward.cutoffs})

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
        odd = [f for f in found if not f["label_share"] < self.max_share]
        if odd:
            told = f"{odd[0]['column']} goes with the labels of one window"
            return Outcome.WARN, f"{text}; {told} ({odd[0]['label_share']:.2f}): explain"
        return Outcome.PASS, text

    def _worst(
        self,
        columns: list[pd.Series],
        surprises: list[Surprise],
        apart: Callable[[str, str], bool],
        seed: int,
    ) -> dict[str, Any]:
        """The level and event nearest to a limit, or farthest beyond it."""
        pairs = zip(columns, surprises, strict=True)
        found = [e for column, s in pairs for e in _entries(column, s, seed)]
        levels: dict[tuple[str, str], list[_Entry]] = {}
        for entry in found:
            levels.setdefault((entry.what, entry.part.level), []).append(entry)
        for (what, _), entries in levels.items():
            if what == ACTIVITY and len(entries) > 1:
                found.append(_mean(entries))
        told = {id(e): self._measure(e) for e in found}
        for entries in levels.values():
            self._hold_together(entries, told, apart)
        labels = [told[id(e)] for e in found if e.what == TARGET]
        worst = max(told.values(), key=lambda e: float(e["excess"]))
        most = {
            "label_lower": max((e["lower"] for e in labels), default=-1.0),
            "label_share": max((e["share_lower"] for e in labels), default=-1.0),
        }
        return {"column": str(columns[0].name), **worst, **most}

    def _measure(self, entry: _Entry) -> dict[str, Any]:
        """Lower bounds, and how much of its limit each reaches at most, taken alone."""
        chance = self.bound_z / math.sqrt(entry.accounts)
        lower, share = abs(entry.r) - chance, abs(entry.share) - chance
        alone = lower / (self.max_activity if entry.is_mean else self.max_once)
        if entry.what == TARGET:
            outcome = (abs(entry.of_outcome) - chance) / (2 * self.max_share)
            alone = min(alone, share / self.max_share)
            alone = max(alone, min(lower / self.max_target, outcome))
        return {
            "level": entry.part.level,
            "what": entry.what,
            "at": entry.at,
            "accounts": entry.accounts,
            "r": entry.r,
            "of_outcome": entry.of_outcome,
            "share": entry.share,
            "lower": lower,
            "share_lower": share,
            "excess": alone,
        }

    def _hold_together(
        self,
        entries: list[_Entry],
        told: dict[int, dict[str, Any]],
        apart: Callable[[str, str], bool],
    ) -> None:
        """Raise to what a level shares with two quarters, or the labels of two windows apart.

        A campaign in a region makes it share much with one of them, and a little with the next
        where it lies across both; a column made of outcomes goes on.
        """
        for one, other in combinations(entries, 2):
            a, b = told[id(one)], told[id(other)]
            if one.what == ACTIVITY:
                both = min(a["lower"], b["lower"]) / self.max_activity
            elif apart(one.at, other.at):
                both = min(a["share_lower"], b["share_lower"]) / self.max_share
            else:
                continue
            if one.goes_with(other):
                a["excess"], b["excess"] = max(a["excess"], both), max(b["excess"], both)


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


@dataclass(frozen=True)
class _Entry:
    """One reading of a column against one event."""

    part: ColumnPart
    what: str
    at: str
    accounts: int
    r: float
    of_outcome: float
    share: float
    is_mean: bool = False

    def goes_with(self, other: _Entry) -> bool:
        # Where a campaign goes from region to region, the others have less each time.
        return self.r > 0 and other.r > 0 and self.part.tells_the_same(other.part)


def _entries(column: pd.Series, surprise: Surprise, seed: int) -> list[_Entry]:
    parts = column_parts(column, surprise, seed)
    found = surprise.correlations(np.column_stack([part.values for part in parts]))
    event = (surprise.what, surprise.at, len(surprise.accounts))
    measured = zip(parts, found.partial, found.of_outcome, found.of_both, strict=True)
    return [
        _Entry(part, *event, float(r), float(of_outcome), float(share))
        for part, r, of_outcome, share in measured
    ]


def _mean(entries: list[_Entry]) -> _Entry:
    """A level's mean correlation over all slices: a lifetime total knows a little of each."""
    r = sum(e.r for e in entries) / len(entries)
    # Slices share accounts, not outcomes: their surprises are independent draws.
    accounts = sum(e.accounts for e in entries)
    return replace(entries[0], at=f"{entries[0].at} (mean)", r=r, accounts=accounts, is_mean=True)
