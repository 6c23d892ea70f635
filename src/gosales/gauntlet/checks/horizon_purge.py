"""Proof: no training label window reaches a test cutoff, purge included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from gosales.core.columns import FIRST_EVENT_DAYS
from gosales.core.timeline import Cutoff, Horizon
from gosales.evaluation.fold import FoldPlan
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import figure_source
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.inner_plans import inner_plans

PURGED = "purged_grouped"


class HorizonPurge:
    """Compares, in days, the end of every training label window with its test cutoff.

    Four things are held: each training cutoff against each validation cutoff of its fold, in the
    reported folds and, where the candidate shows them, in those of its internal fits; each
    training cutoff against the forward cutoff (this purge never falls back); the outcomes
    themselves, none of which may lie beyond the declared label window; and the newest cutoff with
    buyers that the purge allows to validate, which must be validated. Reported folds that are
    group-only are a WARN when the log is truly too short for purged ones, else a FAIL; internal
    ones may be group-only only where their rows allow nothing else.

    Parameters
    ----------
    min_purge_days : int, default 45
        Fewest days between a label window's end and a test cutoff.
    min_history_months : int, default 12
        A training cutoff with less history than this does not make purged folds possible.
    max_examples : int, default 20
        Offending pairs listed; all are counted.

    Notes
    -----
    Usable means ``train + buffer + horizon + purge <= test``, never a number of rows.
    """

    name = "horizon_purge"
    subject = Subject.LEAK
    is_proof = True

    def __init__(
        self, min_purge_days: int = 45, min_history_months: int = 12, max_examples: int = 20
    ) -> None:
        self.min_purge_days = min_purge_days
        self.min_history_months = min_history_months
        self.max_examples = max_examples

    def run(self, context: GauntletContext) -> Finding:
        """FAIL on any unpurged pair; WARN on an unavoidable group-only plan."""
        panel, plan = context.training, context.plan
        if not plan.folds or not len(panel):
            return finding_of(self, Outcome.INCONCLUSIVE, "there are no folds to hold", {})
        horizon, purge = context.candidate.horizon, self.min_purge_days
        found = [
            _offence("forward", c, context.cutoff, horizon)
            for c in panel.cutoffs
            if not horizon.usable_for(c, context.cutoff, purge)
        ]
        found += _late_outcomes(panel, horizon)
        avoidable = self._purged_is_possible(context, panel)
        found += self._unpurged(context, panel, plan, "")
        found += self._newest_left_out(context, panel, plan)
        inner = list(inner_plans(context))
        for where, part, inner_plan in inner:
            found += self._unpurged(context, part, inner_plan, f"{where}, ")
        values = {
            "scheme": plan.scheme,
            "pairs": len(list(_pairs(panel, plan))),
            "purge_days": context.candidate.purge_days,
            "offences": len(found),
            "inner_plans": len(inner),
            "inner_group_only": sum(p.scheme != PURGED for _, _, p in inner),
        }
        told = self._judge(found, plan, values, avoidable)
        return replace(told, figure=_figure(context, purge))

    def _unpurged(
        self, context: GauntletContext, panel: Panel, plan: FoldPlan, where: str
    ) -> list[dict[str, Any]]:
        """Pairs too close, unless these rows allow no purged folds and the plan says so."""
        if plan.scheme != PURGED and not self._purged_is_possible(context, panel):
            return []
        horizon = context.candidate.horizon
        return [
            _offence(f"{where}{fold}", train, test, horizon)
            for fold, train, test in _pairs(panel, plan)
            if not horizon.usable_for(train, test, self.min_purge_days)
        ]

    def _newest_left_out(
        self, context: GauntletContext, panel: Panel, plan: FoldPlan
    ) -> list[dict[str, Any]]:
        """The newest cutoff that can be validated, unless it is: none may be passed over."""
        horizon, purge = context.candidate.horizon, context.candidate.purge_days
        both = [c for c in panel.cutoffs if 0 < panel.at([c]).y.mean() < 1]
        if plan.scheme == PURGED:
            both = [
                c
                for c in both
                if any(
                    horizon.usable_for(a, c, purge) and self._has_history(context, a)
                    for a in panel.cutoffs
                )
            ]
        validated = {c for f in plan.folds for c in panel.take(f.valid).cutoffs}
        if not both or max(both) in validated:
            return []
        what = f"{max(both)} can be validated and is not: figures of older cutoffs are reported"
        return [{"fold": "all folds", "test": str(max(both)), "what": what}]

    def _has_history(self, context: GauntletContext, cutoff: Cutoff) -> bool:
        first = Cutoff(context.star.manifest.first_date).plus_months(self.min_history_months)
        return first.days_until(cutoff) >= 0

    def _judge(
        self, found: list[dict[str, Any]], plan: FoldPlan, values: dict[str, Any], avoidable: bool
    ) -> Finding:
        if values["purge_days"] < self.min_purge_days:
            reason = f"the candidate purges {values['purge_days']} days, not {self.min_purge_days}"
            return finding_of(self, Outcome.FAIL, reason, values, found[: self.max_examples])
        if found or (plan.scheme != PURGED and avoidable):
            first = found[0]["what"] if found else "group-only folds where purged ones are possible"
            reason = f"{len(found)} faults of cutoffs in time; first: {first}"
            return finding_of(self, Outcome.FAIL, reason, values, found[: self.max_examples])
        if plan.scheme != PURGED:
            reason = "folds are group-only: " + ("; ".join(plan.warnings) or "the log is too short")
            return finding_of(self, Outcome.WARN, reason, values)
        reason = f"{values['pairs']} pairs of cutoffs are at least {self.min_purge_days} days clear"
        return finding_of(self, Outcome.PASS, reason, values)

    def _purged_is_possible(self, context: GauntletContext, panel: Panel) -> bool:
        return any(
            context.candidate.horizon.usable_for(a, b, self.min_purge_days)
            and self._has_history(context, a)
            for a, b in combinations(panel.cutoffs, 2)
        )


def _pairs(panel: Panel, plan: FoldPlan) -> Iterator[tuple[str, Cutoff, Cutoff]]:
    for fold in plan.folds:
        tests = panel.take(fold.valid).cutoffs
        for train in panel.take(fold.train).cutoffs:
            for test in tests:
                yield fold.name, train, test


def _figure(context: GauntletContext, purge: int) -> dict[str, Any]:
    panel, horizon = context.training, context.candidate.horizon
    pairs = {(train, test, "validation") for _, train, test in _pairs(panel, context.plan)}
    pairs |= {(train, context.cutoff, "forward") for train in panel.cutoffs}
    clear = {
        f"labels of {train}, {what} {test}": Cutoff(horizon.window(train).end).days_until(test)
        for train, test, what in pairs
    }
    return {
        "kind": "bars",
        "title": "Days from the end of a training label to the tested cutoff",
        **figure_source("training cutoffs against validation and forward cutoffs", {"": panel}),
        "no_interval": "dates are compared, none is estimated",
        "order": sorted(clear, key=lambda name: (clear[name], name)),
        "series": clear,
        "x": "days clear",
        "limits": [purge],
    }


def _offence(fold: str, train: Cutoff, test: Cutoff, horizon: Horizon) -> dict[str, Any]:
    end = Cutoff(horizon.window(train).end)
    return {
        "fold": fold,
        "train": str(train),
        "test": str(test),
        "clear_days": end.days_until(test),
        "what": f"labels of {train} close {end.days_until(test)} days before {test} ({fold})",
    }


def _late_outcomes(panel: Panel, horizon: Horizon) -> list[dict[str, Any]]:
    """Outcomes outside the declared window: the horizon is wider than the candidate says."""
    days = panel.rows[FIRST_EVENT_DAYS].to_numpy(dtype="float64")
    found = []
    for cutoff in panel.cutoffs:
        here = days[panel.rows["cutoff"].astype(str).to_numpy() == str(cutoff)]
        here = here[~np.isnan(here)]
        longest = cutoff.days_until(Cutoff(horizon.window(cutoff).end))
        if here.size and (here.max() > longest or here.min() <= horizon.buffer_days):
            what = f"outcomes of {cutoff} lie on days {here.min():.0f} to {here.max():.0f}"
            found.append({"fold": "labels", "train": str(cutoff), "what": what})
    return found
