"""Statistic: the model is not suspiciously good at events just after the cutoff."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from gosales.core.columns import FIRST_EVENT_DAYS
from gosales.core.errors import ConfigError, InternalError
from gosales.features.panel import Panel
from gosales.gauntlet.announcements import announcements
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.figure_source import ROSTER
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.foretold_events import foretold_events
from gosales.gauntlet.out_of_fold import out_of_fold
from gosales.gauntlet.rank_auc import rank_auc

_Z = 1.96


class EventProximity:
    """AUC by days to the first event, each bucket of positives against the same negatives.

    A feature that peeks d days past the cutoff knows the events of those days and no later ones,
    so the near buckets stand on a cliff. Honest worlds slope (purchases excite purchases), so a
    slope passes and only a cliff fails.

    Parameters
    ----------
    edges_days : sequence of int, default (14, 45, 91)
        Right ends of the buckets; the last bucket runs to the horizon.
    cliff : pair of float, default (0.25, 0.20)
        A bucket that stands the first above the farthest one is suspect. It fails when the 95 %
        lower bound of its distance is the second, what honest worlds slope, or more, and the way
        down is a step; else it warns: few events scatter widely.
    step_shares : pair of float, default (0.5, 0.75)
        The way down is a step where the largest drop between neighbours is this share of the
        whole distance: the first anywhere, the second into the last bucket, the widest. Honest
        worlds of much activity come down far, but evenly.
    near_perfect : pair of float, default (0.97, 0.10)
        A bucket with an AUC of the first or more that stands the second above the next one fails.
    min_positive_accounts : int, default 40
        Fewer: INCONCLUSIVE.
    min_bucket_positives : int, default 20
        A smaller bucket is joined to the next, so that no near event is left out.
    same_turn_days : int, default 5
        Where all buyers show a cliff, those are left out whose first event fell within so many
        days of its day in an earlier window (`foretold_events`). Who orders every week, or renews
        on the first of each quarter, is near by nature, and known without a peek; a peek knows
        the others just as well. Where announcements alone (open deals, assets that expire within
        the label window, known at the cutoff) put the nearest bucket as far above the farthest as
        the first of ``cliff``, accounts that have one are left out likewise. A cliff of those left
        out alone warns.

    Notes
    -----
    Rows: out-of-fold predictions of the training panel and, where labelled, the forward rows
    scored by the model that ships.
    """

    name = "event_proximity"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        edges_days: Sequence[int] = (14, 45, 91),
        cliff: Sequence[float] = (0.25, 0.20),
        step_shares: Sequence[float] = (0.5, 0.75),
        near_perfect: Sequence[float] = (0.97, 0.10),
        min_positive_accounts: int = 40,
        min_bucket_positives: int = 20,
        same_turn_days: int = 5,
    ) -> None:
        self.edges_days = [int(e) for e in edges_days]
        self.cliff = _pair("cliff", cliff)
        self.step_shares = _pair("step_shares", step_shares)
        self.near_perfect = _pair("near_perfect", near_perfect)
        self.min_positive_accounts = min_positive_accounts
        self.min_bucket_positives = min_bucket_positives
        self.same_turn_days = same_turn_days
        if self.edges_days != sorted(set(self.edges_days)) or min(self.edges_days, default=0) < 1:
            raise ConfigError(
                "the event buckets are malformed",
                got=str(self.edges_days),
                allowed="one or more increasing positive days",
                remedy="mend conf/gauntlet/check/event_proximity.yaml",
                reason_code="bad_limits",
            )

    def run(self, context: GauntletContext) -> Finding:
        """FAIL on a cliff; INCONCLUSIVE when there are too few events to see one."""
        panels, score = _scored_rows(context)
        y = np.concatenate([panel.y for panel in panels])
        groups = np.concatenate([panel.groups for panel in panels])
        days = np.concatenate([p.rows[FIRST_EVENT_DAYS].to_numpy(dtype="float64") for p in panels])
        values: dict[str, Any] = {
            "rows": len(y),
            "positive_accounts": len(set(groups[y > 0])),
            "positives_without_event_date": int(((y > 0) & np.isnan(days)).sum()),
        }
        outcome, reason, buckets = self._told(y, score, days, groups)
        if outcome is Outcome.FAIL:
            foretold = np.concatenate(
                [foretold_events(context, p, self.same_turn_days) for p in panels]
            )
            announced = np.concatenate([announcements(context, p) for p in panels])
            told = (announced > 0) & self._announce_a_cliff(y, announced, days)
            values |= {
                "foretold": int(foretold.sum()),
                "announced": int(told.sum()),
                "auc_of_all": [b["auc"] for b in buckets],
            }
            keep = ~(foretold | told)
            if not keep.all():
                outcome, reason, buckets = self._beside_foretold(
                    reason, *(v[keep] for v in (y, score, days, groups))
                )
        values |= {"buckets": [b["bucket"] for b in buckets], "auc": [b["auc"] for b in buckets]}
        return finding_of(self, outcome, reason, values, buckets, _figure(buckets))

    def _announce_a_cliff(self, y: np.ndarray, announced: np.ndarray, days: np.ndarray) -> bool:
        """Say whether announcements alone stand on a cliff; most logs' announce little."""
        buckets = self._buckets(days[y > 0], announced[y > 0], announced[y == 0])
        return bool(buckets[0]["auc"] - buckets[-1]["auc"] >= self.cliff[0])

    def _beside_foretold(
        self, told: str, y: np.ndarray, score: np.ndarray, days: np.ndarray, groups: np.ndarray
    ) -> tuple[Outcome, str, list[dict[str, Any]]]:
        """Say whether buyers whose own turn or deal did not foretell it show a cliff as well."""
        outcome, reason, buckets = self._told(y, score, days, groups)
        if outcome is Outcome.INCONCLUSIVE:
            reason = f"{told}; without buyers whose own turn or deal foretells it: {reason}"
            return outcome, reason, buckets
        if outcome is Outcome.PASS:
            outcome = Outcome.WARN
            reason = f"only for buyers whose own turn or deal foretells it {told}; else {reason}"
        return outcome, reason, buckets

    def _told(
        self, y: np.ndarray, score: np.ndarray, days: np.ndarray, groups: np.ndarray
    ) -> tuple[Outcome, str, list[dict[str, Any]]]:
        """Outcome, reason and buckets of some rows."""
        positives = len(set(groups[y > 0]))
        if positives < self.min_positive_accounts or not (y == 0).any():
            reason = f"{positives} positive accounts, {self.min_positive_accounts} needed"
            return Outcome.INCONCLUSIVE, reason, []
        buckets = self._buckets(days[y > 0], score[y > 0], score[y == 0])
        if len(buckets) < 2:
            reason = "the events fall into one bucket, so no cliff could show"
            return Outcome.INCONCLUSIVE, reason, buckets
        return *self._judge(buckets), buckets

    def _judge(self, buckets: list[dict[str, Any]]) -> tuple[Outcome, str]:
        text = ", ".join(f"{b['bucket']} {b['auc']:.2f}" for b in buckets)
        drops = [a["auc"] - b["auc"] for a, b in pairwise(buckets)]
        (far, slope), (anywhere, at_last) = self.cliff, self.step_shares
        high, lead = self.near_perfect
        suspects = []
        for i, bucket in enumerate(buckets[:-1]):
            above = bucket["auc"] - buckets[-1]["auc"]
            bound = above - _Z * math.hypot(bucket["se"], buckets[-1]["se"])
            known = bucket["auc"] >= high and drops[i] >= lead
            inner, last = max(drops[i:-1], default=0.0), drops[-1]
            stepped = inner >= anywhere * above or last >= at_last * above
            if known or (above >= far and bound >= slope and stepped):
                return Outcome.FAIL, f"a cliff at {bucket['bucket']} days: {text}"
            if above >= far:
                why = "few events" if bound < slope else "no step"
                suspects.append(
                    f"{bucket['bucket']} days is {above:.2f} above [{bound:.2f}], {why}"
                )
        if suspects:
            return Outcome.WARN, f"steep, but no proven cliff: {'; '.join(suspects)}: {text}"
        return Outcome.PASS, f"no cliff: {text}"

    def _buckets(
        self, days: np.ndarray, scores: np.ndarray, negatives: np.ndarray
    ) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        start = 0.0
        ends = [*map(float, self.edges_days), math.inf]
        for i, end in enumerate(ends):
            inside = (days > start) & (days <= end)
            left_over = int((days > end).sum())
            # Too small a bucket, or too small a rest, is joined to what follows.
            if end < math.inf and min(int(inside.sum()), left_over) < self.min_bucket_positives:
                continue
            if inside.sum() >= self.min_bucket_positives:
                label = f"({start:.0f}, {end:.0f}]" if end < math.inf else f"({start:.0f}, H]"
                out.append(_bucket(label, scores[inside], negatives))
            start = ends[i]
        return out


def _pair(name: str, given: Sequence[float]) -> list[float]:
    pair = [float(value) for value in given]
    if len(pair) != 2 or not all(0.0 <= value <= 1.0 for value in pair):
        raise ConfigError(
            "a limit of event_proximity is malformed",
            got=f"{name}={pair}",
            allowed="two numbers from 0 to 1",
            remedy="mend conf/gauntlet/check/event_proximity.yaml",
            reason_code="bad_limits",
        )
    return pair


def _figure(buckets: list[dict[str, Any]]) -> dict[str, Any]:
    names = [f"{_days(str(b['bucket']))}: {b['positives']} buyers" for b in buckets]
    return {
        "kind": "bars",
        "title": "AUC of buyers by days from the cutoff to their first purchase",
        "population": f"{ROSTER}: buyers of each bar against all others",
        "split": "out-of-fold rows and forward rows",
        "n": [
            ["positive rows", sum(int(b["positives"]) for b in buckets)],
            ["negative rows", max((int(b["negatives"]) for b in buckets), default=0)],
        ],
        "order": names,
        "series": {name: b["auc"] for name, b in zip(names, buckets, strict=True)},
        "bounds": {n: [b["auc"] - _Z * b["se"], min(1.0, b["auc"] + _Z * b["se"])]
                   for n, b in zip(names, buckets, strict=True)},
        "interval": "95 % (Hanley & McNeil), rows as independent",
    }  # fmt: skip


def _days(bucket: str) -> str:
    start, end = bucket.strip("(]").split(", ")
    return f"after day {start}" if end == "H" else f"days {int(start) + 1} to {end}"


def _bucket(label: str, scores: np.ndarray, negatives: np.ndarray) -> dict[str, Any]:
    y = np.r_[np.ones(len(scores)), np.zeros(len(negatives))]
    auc = rank_auc(y, np.r_[scores, negatives])
    if auc is None:
        raise InternalError("a bucket of events has no AUC", got=f"{label}: scores not finite?")
    se = _standard_error(auc, len(scores), len(negatives))
    counts = {"positives": len(scores), "negatives": len(negatives)}
    return {"bucket": label, "auc": auc, "se": se, **counts}


def _standard_error(auc: float, positives: int, negatives: int) -> float:
    """Standard error of an AUC (Hanley & McNeil 1982)."""
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    spread = (positives - 1) * (q1 - auc * auc) + (negatives - 1) * (q2 - auc * auc)
    return math.sqrt(max(0.0, auc * (1 - auc) + spread) / (positives * negatives))


def _scored_rows(context: GauntletContext) -> tuple[list[Panel], np.ndarray]:
    """Every honestly scored row, and the scores."""
    training, forward = context.training, context.forward.labelled()
    oof = out_of_fold(context)
    scored = np.flatnonzero(~np.isnan(oof))
    panels, scores = [training.take(scored)], [oof[scored]]
    if len(forward):
        panels.append(forward)
        scores.append(context.model.predict(forward.X))
    return panels, np.concatenate(scores)
