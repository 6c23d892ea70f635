"""Statistic: knowing less must not rank better."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.core.digests import digest_json
from gosales.core.errors import ConfigError
from gosales.core.seeds import derive_seed
from gosales.core.timeline import Cutoff
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.interval import Interval
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.lift_at_k import LiftAtK
from gosales.evaluation.paired_difference import paired_difference
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Finding, Outcome, Subject
from gosales.gauntlet.finding_of import finding_of
from gosales.gauntlet.fresh_panel import fresh_panel
from gosales.gauntlet.judged_rows import JudgedRows, joining_folds, positive_accounts

AS_OF: Final = "as_of"
MOVED: Final = "cutoff"
_RULES: Final = ("interval", "point")
_READY: Final = 2  # times the buyers needed: below, the validation cutoff may have to join
# The worst that any cell says is what the grid says.
_ORDER: Final = (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.WARN, Outcome.PASS)


class ShiftGrid:
    """Change of AUC and lift when the model is given the features of some days earlier.

    *as_of*: features as of cutoff - d, same customers, same label window. Information only
    shrinks, so the metric must not improve. *cutoff*: features and label window both move; it
    shows how the score does on other days and decides nothing, because honest months differ.

    Parameters
    ----------
    shifts_days : sequence of int, default (7, 14, 28, 56)
        Days d.
    rule : {"interval", "point"}, default "interval"
        ``interval``: an improvement above eps fails when its interval lies above 0, and warns
        else. ``point``: an improvement above eps fails. Both are reported; this one decides.
    eps_auc : float, default 0.01
        Improvement of AUC from which on an alarm is due.
    eps_lift : float, default 0.25
        The same of the lift of the first tenth of the list.
    replicates : int, default 1000
        Resamples of the customers.
    min_positive_accounts : int, default 40
        Fewer among the customers of both days: INCONCLUSIVE.
    max_examples : int, default 20
        Customers named per failing cell.

    Raises
    ------
    ConfigError
        If a shift, the rule or an eps is out of range.

    Notes
    -----
    ``improvement(d) = metric(d) - metric(0)`` over the customers on the roster of both days,
    with a paired interval from resampled accounts. The model that ships is rescored and not
    fitted anew: it is that very model whose use of late information is asked about, a refit at
    every d would cost a training run each, and the noise of two fits would widen the interval of
    their difference. Stale features are no harm to the question: they can only lower metric(d).
    The price is said on the card: a model that leans on a leak scores worse on stale features,
    so the grid is nearly blind to look-ahead, which `event_proximity` and `future_invariance` see.

    The rows are the forward rows; where these hold too few buyers or no labels, the rows of the
    newest validation cutoff join them, each scored by the model of its fold. All shifted features
    come from one uncached pass.
    """

    name = "shift_grid"
    subject = Subject.LEAK
    is_proof = False

    def __init__(
        self,
        shifts_days: Sequence[int] = (7, 14, 28, 56),
        rule: str = "interval",
        eps_auc: float = 0.01,
        eps_lift: float = 0.25,
        replicates: int = 1000,
        min_positive_accounts: int = 40,
        max_examples: int = 20,
    ) -> None:
        self.shifts_days = [int(d) for d in shifts_days]
        self.rule = rule
        self.eps_auc = eps_auc
        self.eps_lift = eps_lift
        self.replicates = replicates
        self.min_positive_accounts = min_positive_accounts
        self.max_examples = max_examples
        self._refuse_out_of_range()

    def _refuse_out_of_range(self) -> None:
        ordered = self.shifts_days == sorted(set(self.shifts_days))
        sane = ordered and min(self.shifts_days, default=0) >= 1 and self.rule in _RULES
        sane = sane and all(0 <= e < math.inf for e in (self.eps_auc, self.eps_lift))
        if not sane:
            raise ConfigError(
                "the shift grid is malformed",
                got=f"shifts_days={self.shifts_days}, rule={self.rule!r}, "
                f"eps_auc={self.eps_auc}, eps_lift={self.eps_lift}",
                allowed=f"increasing days >= 1, rule one of {', '.join(_RULES)}, finite eps >= 0",
                remedy="mend conf/gauntlet/check/shift_grid.yaml",
                reason_code="bad_limits",
            )

    def run(self, context: GauntletContext) -> Finding:
        """FAIL when older features rank clearly better; INCONCLUSIVE with too few buyers."""
        enough = self.min_positive_accounts
        folds = joining_folds(context, len(context.training), _all_rows)
        held = [context.forward.labelled(), *(context.training.take(f.valid) for f in folds)]
        positives = positive_accounts(held)
        if positives < enough:
            reason = f"{positives} positive accounts, {enough} needed"
            values: dict[str, Any] = {"positive_accounts": positives}
            return finding_of(self, Outcome.INCONCLUSIVE, reason, values)
        shifted = fresh_panel(context, self.fresh_cutoffs(context))
        parts = JudgedRows.newest(context, enough, partial(self._on_every_day, shifted))
        values = {
            "rows": sum(len(part.panel) for part in parts),
            "positive_accounts": positive_accounts([part.panel for part in parts]),
            "cutoffs": [str(part.cutoff) for part in parts],
            "splits": [part.split for part in parts],
        }
        cells = list(self._cells(shifted, parts, derive_seed(context.seed, self.name)))
        judging = [c for c in cells if c["mode"] == AS_OF]
        verdicts = {rule: _worst([c[rule] for c in judging]) for rule in _RULES}
        values |= {
            "grid": [{k: v for k, v in c.items() if k != "customers"} for c in cells],
            **{f"{rule}_rule": str(verdict) for rule, verdict in verdicts.items()},
        }
        values["grid_digest"] = digest_json(values["grid"])
        reason = _reason(judging, self.rule, verdicts)
        offenders = [c for c in judging if c[self.rule] == Outcome.FAIL]
        figure = _figure(cells, values)
        return finding_of(self, verdicts[self.rule], reason, values, offenders, figure)

    def fresh_cutoffs(self, context: GauntletContext) -> list[Cutoff]:
        """The days whose features may be asked for.

        Notes
        -----
        Customers who were not on the roster of an earlier day are lost, so the newest validation
        cutoff is made ready long before the forward rows are too few.
        """
        ready = joining_folds(context, _READY * self.min_positive_accounts, _all_rows)
        cutoffs = [context.training.take(f.valid).cutoffs[-1] for f in ready[:1]]
        cutoffs += [context.cutoff] if len(context.forward.labelled()) else []
        return sorted({c.minus_days(d) for c in cutoffs for d in self.shifts_days})

    def _on_every_day(self, shifted: Panel, panel: Panel) -> Panel:
        """The rows whose customers were on the roster of every shifted day."""
        stays = np.ones(len(panel), dtype=bool)
        for cutoff in panel.cutoffs:
            here = panel.rows[CUTOFF].to_numpy() == str(cutoff)
            for days in self.shifts_days:
                roster = shifted.at([cutoff.minus_days(days)]).rows[CUSTOMER]
                stays &= ~here | panel.rows[CUSTOMER].isin(roster).to_numpy()
        return panel.take(np.flatnonzero(stays))

    def _cells(
        self, shifted: Panel, parts: Sequence[JudgedRows], seed: int
    ) -> Iterator[dict[str, Any]]:
        bootstrap = CustomerBootstrap(
            self.replicates, min_positive_accounts=self.min_positive_accounts, seed=seed
        )
        for days in self.shifts_days:
            earlier = [(p, p.cutoff.minus_days(days)) for p in parts]
            pair = _Pair.joined([_Pair.of(p, shifted.at([moment])) for p, moment in earlier])
            yield from self._measured(pair, AS_OF, days, bootstrap)
            # Labels of the training panel may reach into the window that moved back.
            overlap = max(0, *(moment.days_until(p.trained_to) for p, moment in earlier))
            for cell in self._measured(pair, MOVED, days, bootstrap):
                yield {**cell, "training_overlap_days": overlap}

    def _measured(
        self, pair: _Pair, mode: str, days: int, bootstrap: CustomerBootstrap
    ) -> Iterator[dict[str, Any]]:
        metrics = (Auc(), LiftAtK(k_pct=[10]))
        eps = {metrics[0].names[0]: self.eps_auc, metrics[1].names[0]: self.eps_lift}
        then = pair.now if mode == AS_OF else pair.then
        first, second = (then, pair.score_then), (pair.now, pair.score_now)
        nobody = Interval(None, note="no customer was on the roster of both days")
        found = dict.fromkeys(eps, nobody)
        if len(pair.now):
            found = paired_difference(first, second, metrics, bootstrap, f"{mode} {days}")
        for metric, gap in found.items():
            cell: dict[str, Any] = {
                "mode": mode,
                "days": days,
                "metric": metric,
                "eps": eps[metric],
                "improvement": gap.value,
                "lo": gap.lo,
                "hi": gap.hi,
                "note": gap.note,
                "customers_compared": len(pair.now),
                **{rule: _judged(gap, eps[metric], rule) for rule in _RULES},
            }
            if mode == AS_OF and cell[self.rule] == Outcome.FAIL:
                cell["customers"] = pair.movers(self.max_examples)
            yield cell


@dataclass(frozen=True)
class _Pair:
    """The customers on the roster of both days, in one order."""

    now: Panel
    then: Panel
    score_now: np.ndarray
    score_then: np.ndarray

    @classmethod
    def of(cls, judged: JudgedRows, earlier: Panel) -> _Pair:
        place = pd.Index(earlier.rows[CUSTOMER]).get_indexer(judged.panel.rows[CUSTOMER])
        here = np.flatnonzero(place >= 0)
        now, then = judged.panel.take(here), earlier.take(place[here])
        # An account is what it is today: both sides must resample the same ones.
        then = replace(then, rows=then.rows.assign(group=now.rows["group"].to_numpy()))
        return cls(now, then, judged.scores(now.X, here), judged.scores(then.X, here))

    @classmethod
    def joined(cls, pairs: Sequence[_Pair]) -> _Pair:
        """The rows of several cutoffs as one population."""
        now, then = (
            replace(
                sides[0],
                rows=pd.concat([s.rows for s in sides], ignore_index=True),
                X=pd.concat([s.X for s in sides], ignore_index=True),
            )
            for sides in ([p.now for p in pairs], [p.then for p in pairs])
        )
        return cls(
            now,
            then,
            np.concatenate([p.score_now for p in pairs]),
            np.concatenate([p.score_then for p in pairs]),
        )

    def movers(self, most: int) -> list[dict[str, Any]]:
        """Customers to whom the older features did most justice, the most first."""
        ranks = [pd.Series(s).rank(pct=True).to_numpy() for s in (self.score_now, self.score_then)]
        gain = (ranks[1] - ranks[0]) * (2.0 * self.now.y - 1.0)
        names = self.now.rows[CUSTOMER].to_numpy(dtype=object)
        return [
            {
                "customer_id": str(names[i]),
                "bought": bool(self.now.y[i]),
                "rank_now": round(float(ranks[0][i]), 4),
                "rank_then": round(float(ranks[1][i]), 4),
            }
            for i in np.argsort(-gain, kind="stable")[:most]
        ]


def _all_rows(panel: Panel) -> Panel:
    return panel


def _judged(gap: Interval, eps: float, rule: str) -> Outcome:
    if gap.value is None or (rule == "interval" and not gap.has_bounds):
        return Outcome.INCONCLUSIVE
    if gap.value > eps and (rule == "point" or gap.lies_above(0.0)):
        return Outcome.FAIL
    return Outcome.WARN if gap.value > 0 else Outcome.PASS


def _worst(outcomes: Sequence[Outcome]) -> Outcome:
    return min(outcomes, key=_ORDER.index)


def _reason(cells: list[dict[str, Any]], rule: str, verdicts: dict[str, Outcome]) -> str:
    other = next(r for r in _RULES if r != rule)
    beside = f"the {other} rule says {verdicts[other]}"
    if verdicts[rule] is Outcome.INCONCLUSIVE:
        note = next(c["note"] for c in cells if c[rule] == Outcome.INCONCLUSIVE)
        return f"at some shift there is no interval ({note}); {beside}"
    worst = max(cells, key=lambda c: c["improvement"] / (c["eps"] or 1.0))
    said = f"{worst['metric']} changes by {worst['improvement']:+.3f}{_bounds(worst)} with "
    said += f"features of {worst['days']} days earlier"
    return f"the largest improvement: {said} (eps {worst['eps']:g}); {beside}"


def _bounds(cell: dict[str, Any]) -> str:
    return "" if cell["lo"] is None else f" [{cell['lo']:+.3f}, {cell['hi']:+.3f}]"


def _figure(cells: list[dict[str, Any]], values: dict[str, Any]) -> dict[str, Any]:
    names = {"forward": "forward rows", "cv": "out-of-fold rows"}
    rows = zip(values["splits"], values["cutoffs"], strict=True)
    where = " and ".join(f"{names[split]} of {cutoff}" for split, cutoff in rows)
    panels: dict[str, dict[str, Any]] = {}
    for cell in cells:
        panel = panels.setdefault(
            cell["metric"], {"name": f"change of {cell['metric']}", "limit": cell["eps"]}
        )
        moves = "features" if cell["mode"] == AS_OF else "features and outcome"
        point = {key: cell[key] for key in ("lo", "hi")}
        point |= {"label": f"{moves}, {cell['days']} d earlier", "value": cell["improvement"]}
        panel.setdefault("points", []).append(point)
    return {
        "kind": "differences",
        "title": "Change of the metric when the model knows less",
        "split": f"{where}, customers of both days",
        "interval": "95 % interval from resampled customers",
        "panels": list(panels.values()),
    }
