"""Change of the metrics when the model is given the features of some days earlier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.core.digests import digest_json
from gosales.core.seeds import derive_seed
from gosales.core.timeline import Cutoff
from gosales.evaluation.bootstrap import CustomerBootstrap
from gosales.evaluation.interval import Interval
from gosales.evaluation.metrics.auc import Auc
from gosales.evaluation.metrics.lift_at_k import LiftAtK
from gosales.evaluation.paired_difference import paired_difference
from gosales.features.panel import Panel
from gosales.gauntlet.context import GauntletContext
from gosales.gauntlet.finding import Outcome
from gosales.gauntlet.judged_rows import JudgedRows, joining_folds, positive_accounts
from gosales.models.fitted_model import FittedModel

AS_OF: Final = "as_of"
MOVED: Final = "cutoff"
RULES: Final = ("interval", "point")
_SEED: Final = "shift_grid"
_METRICS: Final = 2  # AUC and lift
_READY: Final = 2  # times the buyers needed: below, the validation cutoff may have to join


@dataclass(frozen=True)
class ShiftMeasure:
    """How a shift grid is measured.

    Parameters
    ----------
    shifts_days : tuple of int, default (7, 14, 28, 56)
        Days d.
    eps_auc, eps_lift : float, default 0.01 and 0.25
        Improvement from which on an alarm is due, of AUC and of the lift of the first tenth.
    replicates : int, default 1000
        Resamples of the customers.
    min_positive_accounts : int, default 40
        Fewer give no interval.
    max_examples : int, default 20
        Customers named per failing cell.
    """

    shifts_days: tuple[int, ...] = (7, 14, 28, 56)
    eps_auc: float = 0.01
    eps_lift: float = 0.25
    replicates: int = 1000
    min_positive_accounts: int = 40
    max_examples: int = 20

    @property
    def level(self) -> float:
        """Coverage of one cell's interval, so that all that decide hold together with 95 %.

        Notes
        -----
        Bonferroni: the worst of two metrics at every shift decides, and at 95 % each, one honest
        model in twenty would meet a gain that is not there.
        """
        return 1.0 - 0.05 / (_METRICS * len(self.shifts_days))

    def positives(self, context: GauntletContext) -> int:
        """Accounts with a positive among all rows that may be judged."""
        folds = joining_folds(context, len(context.training), _all_rows)
        held = [context.forward.labelled(), *(context.training.take(f.valid) for f in folds)]
        return positive_accounts(held)

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

    def table(
        self,
        context: GauntletContext,
        shifted: Panel,
        models: Mapping[str, FittedModel] | None = None,
    ) -> ShiftTable:
        """Measure every cell.

        Parameters
        ----------
        context : GauntletContext
            Panels, folds and the model that ships.
        shifted : Panel
            Features at `fresh_cutoffs`.
        models : mapping of str to FittedModel, optional
            Of folds by name; those that are absent are fitted where they are needed.
        """
        kept = partial(self._on_every_day, shifted)
        parts = JudgedRows.newest(context, self.min_positive_accounts, kept, models or {})
        seed = derive_seed(context.seed, _SEED)
        return ShiftTable(tuple(parts), tuple(self._cells(shifted, parts, seed)))

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
            self.replicates,
            level=self.level,
            min_positive_accounts=self.min_positive_accounts,
            seed=seed,
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
            told = {rule: judged(gap, eps[metric], rule) for rule in RULES}
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
                **told,
            }
            if mode == AS_OF and Outcome.FAIL in told.values():
                cell["customers"] = pair.movers(self.max_examples)
            yield cell


@dataclass(frozen=True)
class ShiftTable:
    """What was measured, on which rows.

    Parameters
    ----------
    parts : tuple of JudgedRows
        The rows.
    cells : tuple of dict
        One per day, mode and metric; failing ones name ``customers``.
    """

    parts: tuple[JudgedRows, ...]
    cells: tuple[dict[str, Any], ...]

    @property
    def grid(self) -> list[dict[str, Any]]:
        """The cells without customers."""
        return [{k: v for k, v in c.items() if k != "customers"} for c in self.cells]

    @property
    def digest(self) -> str:
        """SHA-256 of the grid (hex)."""
        return digest_json(self.grid)


def judged(gap: Interval, eps: float, rule: str) -> Outcome:
    """What one cell says.

    Parameters
    ----------
    gap : Interval
        Improvement with the features of earlier days.
    eps : float
        From which on it is an alarm.
    rule : {"interval", "point"}
        ``point`` fails above eps and warns above 0. ``interval`` fails when the interval lies above
        eps; it warns at a gain above eps that is not proven to be, and at a lesser one whose
        interval lies above 0.

    Examples
    --------
    >>> [str(judged(Interval(*g), 0.01, "interval")) for g in ((0.03, 0.02, 0.04), (0.03, 0, 0.06))]
    ['FAIL', 'WARN']
    >>> [str(judged(Interval(*g), 0.01, "interval")) for g in ((5e-3, 1e-3, 9e-3), (5e-3, -1, 1))]
    ['WARN', 'PASS']
    """
    if gap.value is None or (rule == "interval" and not gap.has_bounds):
        return Outcome.INCONCLUSIVE
    fails, gains = gap.value > eps, gap.value > 0
    if rule == "interval":
        fails, gains = gap.lies_above(eps), gap.value > eps or gap.lies_above(0.0)
    return Outcome.FAIL if fails else Outcome.WARN if gains else Outcome.PASS


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
